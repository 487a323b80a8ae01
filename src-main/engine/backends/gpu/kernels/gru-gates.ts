import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number
declare function sigmoid(x: number): number
declare function hyperbolicTangent(x: number): number

/**
 * r, z, n and q = U_n h + b_hn of one GRU step in active rows; 0 in the others. Output [batch · 4H].
 *   r,z = σ(p + U h + b_hh);  n = tanh(p_n + r⊙q)
 * @param sums U h + b_hh, order r z n, [batch · 3H]
 */
export function gruGates(
  this: Thread<'hidden' | 'width'>,
  projected: Floats, projectedAt: number, sums: Floats, lengths: Floats, step: number,
): number {
  const row = quotient(this.thread.x, this.constants.width)
  const column = this.thread.x - row * this.constants.width
  const gate = quotient(column, this.constants.hidden)
  const start = row * 3 * this.constants.hidden + column - gate * this.constants.hidden
  let value = 0
  if (step < lengths[row]!) {
    const q = sums[start + 2 * this.constants.hidden]!
    if (gate === 3) {
      value = q
    } else if (gate === 2) {
      const reset = sigmoid(projected[projectedAt + start]! + sums[start]!)
      value = hyperbolicTangent(projected[projectedAt + start + 2 * this.constants.hidden]! + reset * q)
    } else {
      const place = start + gate * this.constants.hidden
      value = sigmoid(projected[projectedAt + place]! + sums[place]!)
    }
  }
  return value
}
