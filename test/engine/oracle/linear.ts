import type { Sequence, Tensor, Tokens } from '@main/engine/backends/backend'
import { expectShape, fault, OracleSequence, OracleTensor, sequence, tensor, tokens } from './values'

type Record = (work: () => void) => void

const sides = (handle: OracleTensor): [number, number] => {
  const [rows, columns, ...more] = handle.shape
  if (rows === undefined || columns === undefined || more.length > 0) fault('a weight that is not a matrix')
  return [rows, columns]
}

/** Affine maps and the sums of their gradients, as written in backend.ts, one loop an index. */
export function linearOps(record: Record) {
  const startFromBiases = (biases: readonly Tensor[], outputs: number) => {
    const terms = biases.map(tensor)
    for (const term of terms) expectShape('a bias', term.shape, [outputs])
    return (output: number) => terms.reduce((sum, term) => sum + term.data[output]!, 0)
  }

  return {
    affine(x: Sequence, weight: Tensor, biases: readonly Tensor[]): Sequence {
      const input = sequence(x)
      const w = tensor(weight)
      const [outputs, inputs] = sides(w)
      expectShape('x', [input.width], [inputs])
      const bias = startFromBiases(biases, outputs)
      const y = OracleSequence.of(input.steps, input.batch, outputs)
      record(() => {
        for (let row = 0; row < input.steps * input.batch; row++) {
          for (let o = 0; o < outputs; o++) {
            let sum = bias(o)
            for (let i = 0; i < inputs; i++) sum += w.data[o * inputs + i]! * input.data[row * inputs + i]!
            y.data[row * outputs + o] = sum
          }
        }
      })
      return y
    },

    affineTokens(x: Tokens, weight: Tensor, biases: readonly Tensor[]): Sequence {
      const input = tokens(x)
      const w = tensor(weight)
      const [outputs, vocabulary] = sides(w)
      const bias = startFromBiases(biases, outputs)
      const y = OracleSequence.of(input.steps, input.batch, outputs)
      record(() => {
        input.ids.forEach((id, row) => {
          for (let o = 0; o < outputs; o++) y.data[row * outputs + o] = bias(o) + w.data[o * vocabulary + id]!
        })
      })
      return y
    },

    affineBackwardInput(delta: Sequence, weight: Tensor): Sequence {
      const d = sequence(delta)
      const w = tensor(weight)
      const [outputs, inputs] = sides(w)
      expectShape('delta', [d.width], [outputs])
      const gradient = OracleSequence.of(d.steps, d.batch, inputs)
      record(() => {
        for (let row = 0; row < d.steps * d.batch; row++) {
          for (let i = 0; i < inputs; i++) {
            let sum = 0
            for (let o = 0; o < outputs; o++) sum += w.data[o * inputs + i]! * d.data[row * outputs + o]!
            gradient.data[row * inputs + i] = sum
          }
        }
      })
      return gradient
    },

    outerSum(delta: Sequence, x: Sequence): Tensor {
      const d = sequence(delta)
      const input = sequence(x)
      expectShape('x', [input.steps, input.batch], [d.steps, d.batch])
      const sum = OracleTensor.of([d.width, input.width])
      record(() => {
        sum.data.fill(0)
        for (let row = 0; row < d.steps * d.batch; row++) {
          for (let o = 0; o < d.width; o++) {
            for (let i = 0; i < input.width; i++) sum.data[o * input.width + i]! += d.data[row * d.width + o]! * input.data[row * input.width + i]!
          }
        }
      })
      return sum
    },

    outerSumTokens(delta: Sequence, x: Tokens, vocabulary: number): Tensor {
      const d = sequence(delta)
      const input = tokens(x)
      expectShape('tokens', [input.steps, input.batch], [d.steps, d.batch])
      const sum = OracleTensor.of([d.width, vocabulary])
      record(() => {
        sum.data.fill(0)
        input.ids.forEach((id, row) => {
          for (let o = 0; o < d.width; o++) sum.data[o * vocabulary + id]! += d.data[row * d.width + o]!
        })
      })
      return sum
    },

    biasSum(delta: Sequence): Tensor {
      const d = sequence(delta)
      const sum = OracleTensor.of([d.width])
      record(() => {
        sum.data.fill(0)
        d.data.forEach((value, index) => { sum.data[index % d.width]! += value })
      })
      return sum
    },
  }
}
