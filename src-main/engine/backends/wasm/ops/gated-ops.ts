import type { GatedOps } from '../../stack-ops'
import { lengthsOf, slotOf, tensorOf } from '../handles'
import { call } from '../kernel-calls'
import type { Recorder } from '../recorder'
import { matrixOf } from './linear-ops'
import { packedColumns, packedRows, recordProduct } from './products'

/** About as many multiply-adds as the nonlinearities of one unit cost on the way forward, and on the way back. */
const [FORWARD, BACKWARD] = [40, 16]

/** LSTM and GRU, one time step at a time: matrix products for all gates in place, then one pass over what they give. */
export function gatedOps(recorder: Recorder): GatedOps {
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
        rows: batch, k: width, n: 4 * width, a: previous, packed: packedColumns(recorder, weight), initial: { matrix: projected }, result: gates, batch: true,
      })
      const row = width * 4
      recorder.step({
        cost: batch * width * FORWARD, reads: [previous, cell, lengths], writes: [gates, h, c], split: { batch },
        calls: ({ from, to }) => call('lstmActivate', to - from, width, gates.address + from * 4 * row, previous.address + from * row, cell.address + from * row,
          h.address + from * row, c.address + from * row, lengths.block.address + from * 4, step),
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
      const [delta, cellGradient] = [slotOf(into, [batch, 4 * width]), recorder.rows(batch, width)]
      const row = width * 4
      recorder.step({
        cost: batch * width * BACKWARD, reads: [gradient, later, gates, previousCell, cell, lengths], writes: [delta, cellGradient], split: { batch },
        calls: ({ from, to }) => call('lstmDelta', to - from, width, gradient.address + from * row, later ? later.address + from * row : 0, gates.address + from * 4 * row,
          previousCell.address + from * row, cell.address + from * row, delta.address + from * 4 * row, cellGradient.address + from * row, lengths.block.address + from * 4, step),
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
        initial: { matrix: projected, stride: 3 * width }, result: gates, stride: 4 * width, batch: true,
      })
      recordProduct(recorder, {
        rows: batch, k: width, n: width, a: previous, packed: packedColumns(recorder, weight.rows(2 * width, 3 * width)),
        initial: { row: bias.rows(2 * width, 3 * width) }, result: gates.columnsFrom(3 * width), stride: 4 * width, batch: true,
      })
      const row = width * 4
      recorder.step({
        cost: batch * width * FORWARD, reads: [projected, bias, previous, lengths], writes: [gates, h], split: { batch },
        calls: ({ from, to }) => call('gruActivate', to - from, width, gates.address + from * 4 * row, projected.address + from * 3 * row, bias.address,
          previous.address + from * row, h.address + from * row, lengths.block.address + from * 4, step),
      })
    },

    gruDelta({ gradient: gradientHandle, gates: gatesHandle, previous: previousHandle, lengths: lengthsHandle, step }, into) {
      const gradient = tensorOf(gradientHandle, 'the gradient of gruDelta')
      const [batch, width] = gradient.shape as [number, number]
      const gates = tensorOf(gatesHandle, 'the gates of gruDelta', [batch, 4 * width])
      const previous = tensorOf(previousHandle, 'the previous state of gruDelta', [batch, width])
      const lengths = lengthsOf(lengthsHandle, batch)
      const [input, recurrent] = [slotOf(into.input, [batch, 3 * width]), slotOf(into.recurrent, [batch, 3 * width])]
      const direct = recorder.rows(batch, width)
      const row = width * 4
      recorder.step({
        cost: batch * width * BACKWARD, reads: [gradient, gates, previous, lengths], writes: [input, recurrent, direct], split: { batch },
        calls: ({ from, to }) => call('gruDelta', to - from, width, gradient.address + from * row, gates.address + from * 4 * row, previous.address + from * row,
          input.address + from * 3 * row, recurrent.address + from * 3 * row, direct.address + from * row, lengths.block.address + from * 4, step),
      })
      return { input, recurrent, direct }
    },

    held({ gradient: gradientHandle, lengths: lengthsHandle, step }) {
      const gradient = tensorOf(gradientHandle, 'the gradient of held')
      const [batch, width] = gradient.shape as [number, number]
      const lengths = lengthsOf(lengthsHandle, batch)
      const result = recorder.rows(batch, width)
      const row = width * 4
      recorder.step({
        cost: batch * width / 4, reads: [gradient, lengths], writes: [result], split: { batch },
        calls: ({ from, to }) => call('held', to - from, width, gradient.address + from * row, result.address + from * row, lengths.block.address + from * 4, step),
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
      const back = recorder.rows(batch, width)
      // The product takes one start; the sum of two lies where the product goes.
      if (direct && addend) {
        recorder.step({
          cost: batch * width, reads: [direct, addend], writes: [back], split: { batch },
          calls: ({ from, to }) => call('add', (to - from) * width, direct.address + from * width * 4, addend.address + from * width * 4, back.address + from * width * 4),
        })
      }
      const start = direct && addend ? back : direct ?? addend
      recordProduct(recorder, {
        rows: batch, k: gates, n: width, a: delta, packed: packedRows(recorder, weight), initial: start && { matrix: start }, result: back, batch: true,
      })
      return back
    },
  }
}
