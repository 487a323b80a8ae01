import type { Loss, Ops, Sequence } from '@main/engine/backends/backend'
import { expectShape, lengths, OracleSequence, OracleTensor, sequence, tensor, tokens } from './values'

type Record = (work: () => void) => void
type ErrorArguments = Parameters<Ops['squaredError']>[0]

const made = ({ steps, batch, width }: Sequence) => ({ loss: OracleTensor.of([1]), score: OracleTensor.of([1]), gradient: OracleSequence.of(steps, batch, width) })

export function lossOps(record: Record): Pick<Ops, 'crossEntropy' | 'squaredError' | 'absoluteError' | 'huberLoss'> {
  /** @param value of one error   @param slope its derivative */
  const errorLoss = (args: ErrorArguments, value: (error: number) => number, slope: (error: number) => number): Loss => {
    const [output, targets, valid, scale] = [sequence(args.output), sequence(args.targets), lengths(args.lengths), tensor(args.scale)]
    const { steps, batch, width } = output
    expectShape('targets', [targets.steps, targets.batch, targets.width], [steps, batch, width])
    expectShape('lengths', [valid.batch], [batch])
    expectShape('scale', scale.shape, [1])
    const { loss, score, gradient } = made(output)
    record(() => {
      const factor = scale.data[0]!
      let [total, absolute] = [0, 0]
      gradient.data.fill(0)
      for (let index = 0; index < output.data.length; index++) {
        const row = Math.floor(index / width)
        if (Math.floor(row / batch) >= valid.values[row % batch]!) continue
        const error = output.data[index]! - targets.data[index]!
        total += value(error)
        absolute += Math.abs(error)
        gradient.data[index] = slope(error) * factor
      }
      loss.data[0] = total * factor
      score.data[0] = absolute
    })
    return { loss, gradient, score }
  }

  return {
    crossEntropy(args) {
      const [logits, targets, valid, scale] = [sequence(args.logits), tokens(args.targets), lengths(args.lengths), tensor(args.scale)]
      const { steps, batch, width } = logits
      const smoothing = args.smoothing ?? 0
      const classWeights = args.classWeights ? tensor(args.classWeights) : null
      expectShape('targets', [targets.steps, targets.batch], [steps, batch])
      expectShape('lengths', [valid.batch], [batch])
      expectShape('scale', scale.shape, [1])
      if (classWeights) expectShape('the class weights', classWeights.shape, [width])
      const { loss, score, gradient } = made(logits)
      record(() => {
        const factor = scale.data[0]!
        const weights = classWeights?.data ?? new Float64Array(width).fill(1)
        let [total, right] = [0, 0]
        gradient.data.fill(0)
        for (let row = 0; row < steps * batch; row++) {
          if (Math.floor(row / batch) >= valid.values[row % batch]!) continue
          const y = logits.data.subarray(row * width, (row + 1) * width)
          const target = targets.ids[row]!
          const largest = y.reduce((most, value) => Math.max(most, value), -Infinity)
          const sum = y.reduce((all, value) => all + Math.exp(value - largest), 0)
          // How much each class's −log p counts: all classes a little, the target the rest.
          const shares = weights.map((weight, k) => smoothing / width * weight + (k === target ? (1 - smoothing) * weight : 0))
          const share = shares.reduce((all, value) => all + value, 0)
          shares.forEach((value, k) => { total += value === 0 ? 0 : value * (Math.log(sum) + largest - y[k]!) })
          if (y.indexOf(largest) === target) right++
          for (let k = 0; k < width; k++) gradient.data[row * width + k] = (share * Math.exp(y[k]! - largest) / sum - shares[k]!) * factor
        }
        loss.data[0] = total * factor
        score.data[0] = right
      })
      return { loss, gradient, score }
    },

    squaredError: (args) => errorLoss(args, (error) => error * error, (error) => 2 * error),
    absoluteError: (args) => errorLoss(args, Math.abs, (error) => (error > 0 ? 1 : error < 0 ? -1 : error * 0)),
    huberLoss: (args) => errorLoss(args, (error) => (Math.abs(error) <= 1 ? error * error / 2 : Math.abs(error) - 0.5), (error) => Math.max(-1, Math.min(1, error))),
  }
}
