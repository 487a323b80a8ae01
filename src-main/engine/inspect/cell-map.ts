import type { ModelSpec } from '@shared/experiment/schema'
import { gatesOf } from '@shared/model/weights'
import type { Weights } from '../training/types'

/** One cell as a map of its own state under a constant input, in Float64: what fixed points and Jacobians are of. */
export interface CellMap {
  /** Numbers of a state: H, of an LSTM h then c, 2H. */
  size: number
  /** The next state. */
  next(state: Float64Array): Float64Array
  /** ∂next/∂state, [size, size] row-major: row i is the gradient of the i-th number of the next state. */
  jacobian(state: Float64Array): Float64Array
}

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value))

/**
 * F(h) = cell(h; W x) of one layer and direction.
 *   Elman  φ(W x + b_ih + b_hh + U h)                J = diag(φ') U
 *   GRU    (1 − z)⊙n + z⊙h                           J = diag(z) + diag((h − n) z(1 − z)) U_z + diag((1 − z)(1 − n²)) (diag(r) U_n + diag(q r(1 − r)) U_r)
 *   LSTM   h' = o⊙tanh c', c' = f⊙c + i⊙g            ∂c'/∂h = diag(i(1−i)g) U_i + diag(f(1−f)c) U_f + diag(i(1−g²)) U_g;  ∂c'/∂c = diag(f)
 *                                                    ∂h'/∂· = diag(o(1 − tanh²c')) ∂c'/∂· + diag(tanh c' o(1 − o)) U_o for h
 * @param name  what stands before `_l0`-like suffixes: `rnn.`, `encoder.rnn.`, …; suffix e.g. `l0`, `l1_reverse`
 * @param input W x without biases, [g·H]
 */
export function cellMap({ cell, activation }: Pick<ModelSpec, 'cell' | 'activation'>, weights: Weights, name: string, suffix: string, input: ArrayLike<number>): CellMap {
  const U = weights[`${name}weight_hh_${suffix}`]!.data
  const [bi, bh] = [weights[`${name}bias_ih_${suffix}`]!.data, weights[`${name}bias_hh_${suffix}`]!.data]
  const hidden = weights[`${name}weight_hh_${suffix}`]!.shape[1]!
  const rows = gatesOf[cell] * hidden
  const given = Float64Array.from({ length: rows }, (_, row) => input[row]! + bi[row]!)
  const recurrent = (state: Float64Array): Float64Array => Float64Array.from({ length: rows }, (_, row) => {
    let sum = bh[row]!
    for (let column = 0; column < hidden; column++) sum += U[row * hidden + column]! * state[column]!
    return sum
  })
  const add = (into: Float64Array, width: number, row: number, factor: number, gate: number, unit: number) => {
    for (let column = 0; column < hidden; column++) into[row * width + column]! += factor * U[(gate * hidden + unit) * hidden + column]!
  }

  if (cell === 'rnn') {
    const relu = activation === 'relu'
    const next = (state: Float64Array) => recurrent(state).map((sum, unit) => (relu ? Math.max(0, sum + given[unit]!) : Math.tanh(sum + given[unit]!)))
    return {
      size: hidden, next,
      jacobian(state) {
        const after = next(state)
        const matrix = new Float64Array(hidden * hidden)
        for (let unit = 0; unit < hidden; unit++) add(matrix, hidden, unit, relu ? Number(after[unit]! > 0) : 1 - after[unit]! ** 2, 0, unit)
        return matrix
      },
    }
  }

  if (cell === 'gru') {
    const gates = (state: Float64Array) => {
      const sums = recurrent(state)
      return Array.from({ length: hidden }, (_, unit) => {
        const [r, z, q] = [sigmoid(sums[unit]! + given[unit]!), sigmoid(sums[hidden + unit]! + given[hidden + unit]!), sums[2 * hidden + unit]!]
        return { r, z, q, n: Math.tanh(given[2 * hidden + unit]! + r * q) }
      })
    }
    return {
      size: hidden,
      next: (state) => Float64Array.from(gates(state), ({ z, n }, unit) => (1 - z) * n + z * state[unit]!),
      jacobian(state) {
        const matrix = new Float64Array(hidden * hidden)
        for (const [unit, { r, z, q, n }] of gates(state).entries()) {
          const slope = (1 - z) * (1 - n * n)
          matrix[unit * hidden + unit]! += z
          add(matrix, hidden, unit, (state[unit]! - n) * z * (1 - z), 1, unit)
          add(matrix, hidden, unit, slope * r, 2, unit)
          add(matrix, hidden, unit, slope * q * r * (1 - r), 0, unit)
        }
        return matrix
      },
    }
  }

  const gates = (state: Float64Array) => {
    const sums = recurrent(state)
    return Array.from({ length: hidden }, (_, unit) => {
      const sum = (gate: number) => sums[gate * hidden + unit]! + given[gate * hidden + unit]!
      const [i, f, g, o] = [sigmoid(sum(0)), sigmoid(sum(1)), Math.tanh(sum(2)), sigmoid(sum(3))]
      const c = f * state[hidden + unit]! + i * g
      return { i, f, g, o, c }
    })
  }
  return {
    size: 2 * hidden,
    next(state) {
      const after = new Float64Array(2 * hidden)
      for (const [unit, { o, c }] of gates(state).entries()) [after[unit], after[hidden + unit]] = [o * Math.tanh(c), c]
      return after
    },
    jacobian(state) {
      const size = 2 * hidden
      const matrix = new Float64Array(size * size)
      for (const [unit, { i, f, g, o, c }] of gates(state).entries()) {
        const t = Math.tanh(c)
        for (const [row, factor] of [[unit, o * (1 - t * t)], [hidden + unit, 1]] as const) {
          add(matrix, size, row, factor * i * (1 - i) * g, 0, unit)
          add(matrix, size, row, factor * f * (1 - f) * state[hidden + unit]!, 1, unit)
          add(matrix, size, row, factor * i * (1 - g * g), 2, unit)
          matrix[row * size + hidden + unit]! += factor * f
        }
        add(matrix, size, unit, t * o * (1 - o), 3, unit)
      }
      return matrix
    },
  }
}
