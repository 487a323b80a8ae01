import type { Ops, Tensor } from '@main/engine/backends/backend'
import { expectShape, lengths, OracleTensor, tensor, write } from './values'

type Record = (work: () => void) => void

/** The Elman cell's step and its backward, element by element. */
export function elmanOps(record: Record): Pick<Ops, 'rnnStep' | 'rnnDelta' | 'rnnBackward'> {
  return {
    rnnStep(args, into): Tensor {
      const [projected, previous, weight] = [tensor(args.projected), tensor(args.previous), tensor(args.weight)]
      const [batch, hidden] = projected.shape as [number, number]
      expectShape('the previous state', previous.shape, [batch, hidden])
      expectShape('U', weight.shape, [hidden, hidden])
      const valid = lengths(args.lengths)
      expectShape('lengths', [valid.batch], [batch])
      const next = write(into)
      expectShape('the slot of the new state', next.shape, [batch, hidden])
      record(() => {
        for (let b = 0; b < batch; b++) {
          for (let j = 0; j < hidden; j++) {
            let sum = projected.data[b * hidden + j]!
            for (let k = 0; k < hidden; k++) sum += weight.data[j * hidden + k]! * previous.data[b * hidden + k]!
            const active = args.activation === 'tanh' ? Math.tanh(sum) : sum > 0 || Number.isNaN(sum) ? sum : 0
            next.data[b * hidden + j] = args.step < valid.values[b]! ? active : previous.data[b * hidden + j]!
          }
        }
      })
      return next
    },

    rnnDelta(args, into): Tensor {
      const [gradient, state] = [tensor(args.gradient), tensor(args.state)]
      const [batch, hidden] = gradient.shape as [number, number]
      expectShape('the state', state.shape, [batch, hidden])
      const valid = lengths(args.lengths)
      const delta = write(into)
      expectShape('the slot of delta', delta.shape, [batch, hidden])
      record(() => {
        for (let index = 0; index < batch * hidden; index++) {
          const h = state.data[index]!
          const slope = args.activation === 'tanh' ? 1 - h * h : h > 0 ? 1 : 0
          delta.data[index] = args.step < valid.values[Math.floor(index / hidden)]! ? gradient.data[index]! * slope : 0
        }
      })
      return delta
    },

    rnnBackward(args): Tensor {
      const [delta, weight, gradient] = [tensor(args.delta), tensor(args.weight), tensor(args.gradient)]
      const addend = args.addend === null ? null : tensor(args.addend)
      const [batch, hidden] = delta.shape as [number, number]
      expectShape('U', weight.shape, [hidden, hidden])
      expectShape('the gradient', gradient.shape, [batch, hidden])
      if (addend) expectShape('the addend', addend.shape, [batch, hidden])
      const valid = lengths(args.lengths)
      const back = OracleTensor.of([batch, hidden])
      record(() => {
        for (let b = 0; b < batch; b++) {
          for (let k = 0; k < hidden; k++) {
            let sum = addend ? addend.data[b * hidden + k]! : 0
            if (args.step >= valid.values[b]!) sum += gradient.data[b * hidden + k]!
            for (let j = 0; j < hidden; j++) sum += weight.data[j * hidden + k]! * delta.data[b * hidden + j]!
            back.data[b * hidden + k] = sum
          }
        }
      })
      return back
    },
  }
}
