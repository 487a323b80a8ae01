import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number

/**
 * U h + b_hh of the three gates, order r z n. Output [batch · 3H]. Inactive rows need none, and are written as 0.
 * @param weight Uᵀ [H, 3H]: neighbouring threads read neighbouring numbers
 */
export function gruSums(
  this: Thread<'hidden' | 'width'>,
  previous: Floats, previousAt: number, weight: Floats, bias: Floats, lengths: Floats, step: number,
): number {
  const row = quotient(this.thread.x, this.constants.width)
  const column = this.thread.x - row * this.constants.width
  let sum = 0
  if (step < lengths[row]!) {
    const previousStart = previousAt + row * this.constants.hidden
    sum = bias[column]!
    for (let k = 0; k < this.constants.hidden; k++) {
      sum += weight[k * this.constants.width + column]! * previous[previousStart + k]!
    }
  }
  return sum
}
