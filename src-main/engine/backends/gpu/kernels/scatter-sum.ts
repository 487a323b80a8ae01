import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number

/**
 * ∂L/∂table[v,e] = Σ δ[r,e] over the rows r whose token is v. Output [vocabulary · width].
 * @param order  the rows, sorted by token   @param starts where each token's rows start in `order`, [vocabulary + 1]
 */
export function scatterSum(this: Thread<'width' | 'rows'>, delta: Floats, deltaAt: number, order: Floats, starts: Floats): number {
  const token = quotient(this.thread.x, this.constants.width)
  const column = this.thread.x - token * this.constants.width
  const first = starts[token]!
  const count = starts[token + 1]! - first
  let sum = 0
  for (let k = 0; k < this.constants.rows; k++) {
    if (k >= count) {
      break
    }
    sum += delta[deltaAt + order[first + k]! * this.constants.width + column]!
  }
  return sum
}
