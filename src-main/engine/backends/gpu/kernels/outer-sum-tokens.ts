import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number

/**
 * ∂L/∂W[o,v] = Σ δ[r,o] over the rows r whose token is v. Output [outputs · vocabulary].
 * @param order  the rows, sorted by token   @param starts where each token's rows start in `order`, [vocabulary + 1]
 */
export function outerSumTokens(this: Thread<'vocabulary' | 'outputs' | 'rows'>, delta: Floats, deltaAt: number, order: Floats, starts: Floats): number {
  const output = quotient(this.thread.x, this.constants.vocabulary)
  const token = this.thread.x - output * this.constants.vocabulary
  const first = starts[token]!
  const count = starts[token + 1]! - first
  let sum = 0
  for (let k = 0; k < this.constants.rows; k++) {
    if (k >= count) {
      break
    }
    sum += delta[deltaAt + order[first + k]! * this.constants.outputs + output]!
  }
  return sum
}
