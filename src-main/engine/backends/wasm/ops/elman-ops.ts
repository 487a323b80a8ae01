import type { Ops } from '../../backend'
import { lengthsOf, slotOf, tensorOf } from '../handles'
import { call } from '../kernel-calls'
import type { Recorder } from '../recorder'
import { matrixOf } from './linear-ops'
import { packedColumns, packedRows, recordProduct } from './products'

type ElmanOps = Pick<Ops, 'rnnStep' | 'rnnDelta' | 'rnnBackward'>

/** About as many multiply-adds as one tanh costs. */
const TANH = 8

/** The Elman cell, one time step at a time: a matrix product in place, then one pass over its result. */
export function elmanOps(recorder: Recorder): ElmanOps {
  return {
    rnnStep({ projected: projectedHandle, previous: previousHandle, weight: weightHandle, activation, lengths: lengthsHandle, step }, into) {
      const projected = tensorOf(projectedHandle, 'the projected input of rnnStep')
      const [batch, width] = projected.shape as [number, number]
      const previous = tensorOf(previousHandle, 'the previous state of rnnStep', [batch, width])
      const weight = matrixOf(weightHandle, 'the weight of rnnStep', width, width)
      const lengths = lengthsOf(lengthsHandle, batch)
      const h = slotOf(into, [batch, width])
      recordProduct(recorder, {
        rows: batch, k: width, n: width, a: previous, packed: packedColumns(recorder, weight), initial: { matrix: projected }, result: h, batch: true,
      })
      const row = width * 4
      recorder.step({
        cost: batch * width * TANH, reads: [previous, lengths], writes: [h], split: { batch },
        calls: ({ from, to }) => call('rnnActivate', to - from, width, h.address + from * row, previous.address + from * row, lengths.block.address + from * 4, step, activation === 'relu'),
      })
      return h
    },

    rnnDelta({ gradient: gradientHandle, state: stateHandle, activation, lengths: lengthsHandle, step }, into) {
      const gradient = tensorOf(gradientHandle, 'the gradient of rnnDelta')
      const [batch, width] = gradient.shape as [number, number]
      const state = tensorOf(stateHandle, 'the state of rnnDelta', [batch, width])
      const lengths = lengthsOf(lengthsHandle, batch)
      const delta = slotOf(into, [batch, width])
      const row = width * 4
      recorder.step({
        cost: batch * width, reads: [gradient, state, lengths], writes: [delta], split: { batch },
        calls: ({ from, to }) => call('rnnDelta', to - from, width, gradient.address + from * row, state.address + from * row, delta.address + from * row, lengths.block.address + from * 4, step, activation === 'relu'),
      })
      return delta
    },

    rnnBackward({ delta: deltaHandle, weight: weightHandle, gradient: gradientHandle, addend: addendHandle, lengths: lengthsHandle, step }) {
      const delta = tensorOf(deltaHandle, 'delta of rnnBackward')
      const [batch, width] = delta.shape as [number, number]
      const weight = matrixOf(weightHandle, 'the weight of rnnBackward', width, width)
      const gradient = tensorOf(gradientHandle, 'the gradient of rnnBackward', [batch, width])
      const addend = addendHandle && tensorOf(addendHandle, 'the addend of rnnBackward', [batch, width])
      const lengths = lengthsOf(lengthsHandle, batch)
      const back = recorder.rows(batch, width)
      recordProduct(recorder, {
        rows: batch, k: width, n: width, a: delta, packed: packedRows(recorder, weight), initial: addend && { matrix: addend }, result: back, batch: true,
      })
      const row = width * 4
      recorder.step({
        cost: batch, reads: [gradient, lengths], writes: [back], split: { batch },
        calls: ({ from, to }) => call('passInactive', to - from, width, gradient.address + from * row, back.address + from * row, lengths.block.address + from * 4, step),
      })
      return back
    },
  }
}
