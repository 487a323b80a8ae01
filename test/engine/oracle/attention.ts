import type { AttentionOps } from '@main/engine/backends/stack-ops'
import { expectShape, lengths, OracleSequence, sequence } from './values'

type Record = (work: () => void) => void

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, index) => sum + value * b[index]!, 0)

/** The vector of one step and row; a view. */
const vector = ({ data, batch, width }: OracleSequence, step: number, row: number): Float64Array => data.subarray((step * batch + row) * width, (step * batch + row + 1) * width)

const addScaled = (to: Float64Array, from: Float64Array, factor: number): void => { from.forEach((value, index) => { to[index]! += factor * value }) }

/** Dot-product attention, one query after another. */
export function attentionOps(record: Record): AttentionOps {
  return {
    attend(args) {
      const [queries, keys, valid] = [sequence(args.queries), sequence(args.keys), lengths(args.lengths)]
      const { steps, batch, width } = queries
      expectShape('keys', [keys.batch, keys.width], [batch, width])
      expectShape('lengths', [valid.batch], [batch])
      const [context, weights] = [OracleSequence.of(steps, batch, width), OracleSequence.of(steps, batch, keys.steps)]
      record(() => {
        context.data.fill(0)
        weights.data.fill(0)
        for (let step = 0; step < steps; step++) {
          for (let row = 0; row < batch; row++) {
            const scores = Array.from({ length: valid.values[row]! }, (_, s) => dot(vector(queries, step, row), vector(keys, s, row)))
            const largest = Math.max(...scores)
            const sum = scores.reduce((total, score) => total + Math.exp(score - largest), 0)
            scores.forEach((score, s) => {
              const weight = Math.exp(score - largest) / sum
              vector(weights, step, row)[s] = weight
              addScaled(vector(context, step, row), vector(keys, s, row), weight)
            })
          }
        }
      })
      return { context, weights }
    },

    attendBackward(args) {
      const [gradient, queries, keys, weights, valid] = [sequence(args.gradient), sequence(args.queries), sequence(args.keys), sequence(args.weights), lengths(args.lengths)]
      const { steps, batch, width } = queries
      expectShape('the gradient', [gradient.steps, gradient.batch, gradient.width], [steps, batch, width])
      expectShape('keys', [keys.batch, keys.width], [batch, width])
      expectShape('the weights', [weights.steps, weights.batch, weights.width], [steps, batch, keys.steps])
      const [towardsQueries, towardsKeys] = [OracleSequence.of(steps, batch, width), OracleSequence.of(keys.steps, batch, width)]
      record(() => {
        towardsQueries.data.fill(0)
        towardsKeys.data.fill(0)
        for (let step = 0; step < steps; step++) {
          for (let row = 0; row < batch; row++) {
            const [g, q, alpha] = [vector(gradient, step, row), vector(queries, step, row), vector(weights, step, row)]
            const slopes = Array.from({ length: valid.values[row]! }, (_, s) => dot(g, vector(keys, s, row)))
            const mean = slopes.reduce((sum, slope, s) => sum + alpha[s]! * slope, 0)
            slopes.forEach((slope, s) => {
              const score = alpha[s]! * (slope - mean)
              addScaled(vector(towardsQueries, step, row), vector(keys, s, row), score)
              addScaled(vector(towardsKeys, s, row), q, score)
              addScaled(vector(towardsKeys, s, row), g, alpha[s]!)
            })
          }
        }
      })
      return { queries: towardsQueries, keys: towardsKeys }
    },
  }
}
