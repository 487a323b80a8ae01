import type { Ops } from '@main/engine/backends/backend'
import { expectShape, lengths, OracleSequence, OracleTensor, sequence, tensor, tokens } from './values'

type Record = (work: () => void) => void

export function lossOps(record: Record): Pick<Ops, 'crossEntropy' | 'squaredError'> {
  return {
    crossEntropy(args) {
      const [logits, targets, valid, scale] = [sequence(args.logits), tokens(args.targets), lengths(args.lengths), tensor(args.scale)]
      const { steps, batch, width } = logits
      expectShape('targets', [targets.steps, targets.batch], [steps, batch])
      expectShape('lengths', [valid.batch], [batch])
      expectShape('scale', scale.shape, [1])
      const [loss, score, gradient] = [OracleTensor.of([1]), OracleTensor.of([1]), OracleSequence.of(steps, batch, width)]
      record(() => {
        const factor = scale.data[0]!
        let [total, right] = [0, 0]
        gradient.data.fill(0)
        for (let row = 0; row < steps * batch; row++) {
          if (Math.floor(row / batch) >= valid.values[row % batch]!) continue
          const y = logits.data.subarray(row * width, (row + 1) * width)
          const target = targets.ids[row]!
          const largest = y.reduce((most, value) => Math.max(most, value), -Infinity)
          const sum = y.reduce((all, value) => all + Math.exp(value - largest), 0)
          total += Math.log(sum) + largest - y[target]!
          if (y.indexOf(largest) === target) right++
          for (let k = 0; k < width; k++) gradient.data[row * width + k] = (Math.exp(y[k]! - largest) / sum - (k === target ? 1 : 0)) * factor
        }
        loss.data[0] = total * factor
        score.data[0] = right
      })
      return { loss, gradient, score }
    },

    squaredError(args) {
      const [output, targets, valid, scale] = [sequence(args.output), sequence(args.targets), lengths(args.lengths), tensor(args.scale)]
      const { steps, batch, width } = output
      expectShape('targets', [targets.steps, targets.batch, targets.width], [steps, batch, width])
      expectShape('lengths', [valid.batch], [batch])
      expectShape('scale', scale.shape, [1])
      const [loss, score, gradient] = [OracleTensor.of([1]), OracleTensor.of([1]), OracleSequence.of(steps, batch, width)]
      record(() => {
        const factor = scale.data[0]!
        let [total, absolute] = [0, 0]
        gradient.data.fill(0)
        for (let index = 0; index < output.data.length; index++) {
          const row = Math.floor(index / width)
          if (Math.floor(row / batch) >= valid.values[row % batch]!) continue
          const error = output.data[index]! - targets.data[index]!
          total += error * error
          absolute += Math.abs(error)
          gradient.data[index] = 2 * error * factor
        }
        loss.data[0] = total * factor
        score.data[0] = absolute
      })
      return { loss, gradient, score }
    },
  }
}
