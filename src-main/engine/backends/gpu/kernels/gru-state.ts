import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number
declare function sigmoid(x: number): number
declare function hyperbolicTangent(x: number): number

/**
 * r, z, n and q = U_n h + b_hn, [batch · 4H], and after them h', [batch · H]; `gates` is batch · 4H.
 *   r,z = σ(p + U h + b_hh);  n = tanh(p_n + r⊙q);  h' = (1 − z)⊙n + z⊙h;  in inactive rows the gates are 0 and h' = h
 * @param sums U h + b_hh, order r z n, [batch · 3H]
 */
export function gruState(
  this: Thread<'hidden' | 'gates'>,
  projected: Floats, projectedAt: number, sums: Floats, previous: Floats, previousAt: number, lengths: Floats, step: number,
): number {
  let row = quotient(this.thread.x, 4 * this.constants.hidden)
  let gate = quotient(this.thread.x - row * 4 * this.constants.hidden, this.constants.hidden)
  let place = this.thread.x - (row * 3 + gate) * this.constants.hidden
  if (this.thread.x >= this.constants.gates) {
    gate = 4
    place = this.thread.x - this.constants.gates
    row = quotient(place, this.constants.hidden)
  }
  let value = 0
  if (step < lengths[row]!) {
    const start = row * 2 * this.constants.hidden + place
    const reset = sigmoid(projected[projectedAt + start]! + sums[start]!)
    const update = sigmoid(projected[projectedAt + start + this.constants.hidden]! + sums[start + this.constants.hidden]!)
    const recurrent = sums[start + 2 * this.constants.hidden]!
    const candidate = hyperbolicTangent(projected[projectedAt + start + 2 * this.constants.hidden]! + reset * recurrent)
    if (gate === 0) {
      value = reset
    } else if (gate === 1) {
      value = update
    } else if (gate === 2) {
      value = candidate
    } else if (gate === 3) {
      value = recurrent
    } else {
      value = (1 - update) * candidate + update * previous[previousAt + place]!
    }
  } else if (gate === 4) {
    value = previous[previousAt + place]!
  }
  return value
}
