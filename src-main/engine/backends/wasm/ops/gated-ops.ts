import type { GatedOps } from '../../stack-ops'
import { lengthsOf, slotOf, tensorOf } from '../handles'
import type { Recorder } from '../recorder'
import { matrixOf } from './linear-ops'
import { packedColumns, packedRows, recordProduct } from './products'

/** About as many multiply-adds as the nonlinearities of one unit cost on the way forward, and on the way back. */
const [FORWARD, BACKWARD] = [40, 16]

/** LSTM and GRU, one time step at a time: matrix products for all gates in place, then one pass over what they give. */
export function gatedOps(recorder: Recorder): GatedOps {
  const { kernels } = recorder
  return {
    lstmStep({ projected: projectedHandle, previous: previousHandle, cell: cellHandle, weight: weightHandle, lengths: lengthsHandle, step }, into) {
      const previous = tensorOf(previousHandle, 'the previous state of lstmStep')
      const [batch, width] = previous.shape as [number, number]
      const projected = tensorOf(projectedHandle, 'the projected input of lstmStep', [batch, 4 * width])
      const cell = tensorOf(cellHandle, 'the previous cell state of lstmStep', [batch, width])
      const weight = matrixOf(weightHandle, 'the weight of lstmStep', 4 * width, width)
      const lengths = lengthsOf(lengthsHandle, batch)
      const [h, c, gates] = [slotOf(into.hidden, [batch, width]), slotOf(into.cell, [batch, width]), slotOf(into.gates, [batch, 4 * width])]
      recordProduct(recorder, {
        rows: batch, k: width, n: 4 * width, a: previous, packed: packedColumns(recorder, weight), initial: { matrix: projected }, result: gates,
      })
      recorder.step(batch * width * FORWARD, [gates, previous, cell, lengths, h, c], () => {
        const [at, before, cellBefore, valid] = [gates.address, previous.address, cell.address, lengths.block.address]
        const [hidden, nextCell] = [h.address, c.address]
        return () => { kernels.lstmActivate(batch, width, at, before, cellBefore, hidden, nextCell, valid, step) }
      })
    },

    lstmDelta({ gradient: gradientHandle, cellGradient: cellGradientHandle, gates: gatesHandle, previousCell: previousCellHandle, cell: cellHandle, lengths: lengthsHandle, step }, into) {
      const gradient = tensorOf(gradientHandle, 'the gradient of lstmDelta')
      const [batch, width] = gradient.shape as [number, number]
      const later = cellGradientHandle && tensorOf(cellGradientHandle, 'the cell gradient of lstmDelta', [batch, width])
      const gates = tensorOf(gatesHandle, 'the gates of lstmDelta', [batch, 4 * width])
      const previousCell = tensorOf(previousCellHandle, 'the previous cell state of lstmDelta', [batch, width])
      const cell = tensorOf(cellHandle, 'the cell state of lstmDelta', [batch, width])
      const lengths = lengthsOf(lengthsHandle, batch)
      const [delta, cellGradient] = [slotOf(into, [batch, 4 * width]), recorder.tensor([batch, width])]
      recorder.step(batch * width * BACKWARD, [gradient, ...(later ? [later] : []), gates, previousCell, cell, lengths, delta, cellGradient], () => {
        const [from, fromLater, activated, before, after] = [gradient.address, later?.address ?? 0, gates.address, previousCell.address, cell.address]
        const [to, toCell, valid] = [delta.address, cellGradient.address, lengths.block.address]
        return () => { kernels.lstmDelta(batch, width, from, fromLater, activated, before, after, to, toCell, valid, step) }
      })
      return { delta, cellGradient }
    },

    gruStep({ projected: projectedHandle, previous: previousHandle, weight: weightHandle, bias: biasHandle, lengths: lengthsHandle, step }, into) {
      const previous = tensorOf(previousHandle, 'the previous state of gruStep')
      const [batch, width] = previous.shape as [number, number]
      const projected = tensorOf(projectedHandle, 'the projected input of gruStep', [batch, 3 * width])
      const weight = matrixOf(weightHandle, 'the weight of gruStep', 3 * width, width)
      const bias = tensorOf(biasHandle, 'the bias of gruStep', [3 * width])
      const lengths = lengthsOf(lengthsHandle, batch)
      const [h, gates] = [slotOf(into.hidden, [batch, width]), slotOf(into.gates, [batch, 4 * width])]
      // r and z start from the projected input; q, which r is to scale first, from its bias alone, and goes behind n's place.
      recordProduct(recorder, {
        rows: batch, k: width, n: 2 * width, a: previous, packed: packedColumns(recorder, weight.rows(0, 2 * width)),
        initial: { matrix: projected, stride: 3 * width }, result: gates, stride: 4 * width,
      })
      recordProduct(recorder, {
        rows: batch, k: width, n: width, a: previous, packed: packedColumns(recorder, weight.rows(2 * width, 3 * width)),
        initial: { row: bias.rows(2 * width, 3 * width) }, result: gates.columnsFrom(3 * width), stride: 4 * width,
      })
      recorder.step(batch * width * FORWARD, [gates, projected, bias, previous, lengths, h], () => {
        const [at, input, added, before] = [gates.address, projected.address, bias.address, previous.address]
        const [hidden, valid] = [h.address, lengths.block.address]
        return () => { kernels.gruActivate(batch, width, at, input, added, before, hidden, valid, step) }
      })
    },

    gruDelta({ gradient: gradientHandle, gates: gatesHandle, previous: previousHandle, lengths: lengthsHandle, step }, into) {
      const gradient = tensorOf(gradientHandle, 'the gradient of gruDelta')
      const [batch, width] = gradient.shape as [number, number]
      const gates = tensorOf(gatesHandle, 'the gates of gruDelta', [batch, 4 * width])
      const previous = tensorOf(previousHandle, 'the previous state of gruDelta', [batch, width])
      const lengths = lengthsOf(lengthsHandle, batch)
      const [input, recurrent] = [slotOf(into.input, [batch, 3 * width]), slotOf(into.recurrent, [batch, 3 * width])]
      const direct = recorder.tensor([batch, width])
      recorder.step(batch * width * BACKWARD, [gradient, gates, previous, lengths, input, recurrent, direct], () => {
        const [from, activated, before, valid] = [gradient.address, gates.address, previous.address, lengths.block.address]
        const [toInput, toRecurrent, toDirect] = [input.address, recurrent.address, direct.address]
        return () => { kernels.gruDelta(batch, width, from, activated, before, toInput, toRecurrent, toDirect, valid, step) }
      })
      return { input, recurrent, direct }
    },

    held({ gradient: gradientHandle, lengths: lengthsHandle, step }) {
      const gradient = tensorOf(gradientHandle, 'the gradient of held')
      const [batch, width] = gradient.shape as [number, number]
      const lengths = lengthsOf(lengthsHandle, batch)
      const result = recorder.tensor([batch, width])
      recorder.step(batch * width / 4, [gradient, lengths, result], () => {
        const [from, valid, to] = [gradient.address, lengths.block.address, result.address]
        return () => { kernels.held(batch, width, from, to, valid, step) }
      })
      return result
    },

    recurrentBackward({ delta: deltaHandle, weight: weightHandle, direct: directHandle, addend: addendHandle }) {
      const delta = tensorOf(deltaHandle, 'delta of recurrentBackward')
      const [batch, gates] = delta.shape as [number, number]
      const weight = matrixOf(weightHandle, 'the weight of recurrentBackward', gates, null)
      const width = weight.shape[1]!
      const direct = directHandle && tensorOf(directHandle, 'the direct term of recurrentBackward', [batch, width])
      const addend = addendHandle && tensorOf(addendHandle, 'the addend of recurrentBackward', [batch, width])
      const back = recorder.tensor([batch, width])
      // The product takes one start; the sum of two lies where the product goes.
      if (direct && addend) {
        recorder.step(batch * width, [direct, addend, back], () => {
          const [a, b, to] = [direct.address, addend.address, back.address]
          return () => { kernels.add(batch * width, a, b, to) }
        })
      }
      const start = direct && addend ? back : direct ?? addend
      recordProduct(recorder, {
        rows: batch, k: gates, n: width, a: delta, packed: packedRows(recorder, weight), initial: start && { matrix: start }, result: back,
      })
      return back
    },
  }
}
