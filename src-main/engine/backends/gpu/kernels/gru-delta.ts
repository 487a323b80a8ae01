import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number

/**
 * ∂L/∂ of the three gates before their nonlinearity, order r z n: towards W x + b_ih, [batch · 3H], after it towards
 * U h + b_hh, [batch · 3H], and after that what reaches h_{t-1} past the gates, [batch · H]; `deltas` is batch · 3H.
 *   δn = ∂L/∂h_t ⊙ (1−z) ⊙ (1−n²);  δz = ∂L/∂h_t ⊙ (h_{t-1}−n) ⊙ z(1−z);  δr = δn⊙q⊙r(1−r)
 *   towards U h: δr δz δn⊙r;  direct: ∂L/∂h_t ⊙ z;  in inactive rows δ = 0 and direct = ∂L/∂h_t
 */
export function gruDelta(
  this: Thread<'hidden' | 'deltas'>,
  gradient: Floats, gradientAt: number, gates: Floats, gatesAt: number, previous: Floats, previousAt: number, lengths: Floats, step: number,
): number {
  const part = quotient(this.thread.x, this.constants.deltas)
  const within = this.thread.x - part * this.constants.deltas
  let row = quotient(within, 3 * this.constants.hidden)
  let gate = quotient(within - row * 3 * this.constants.hidden, this.constants.hidden)
  let place = within - (row * 2 + gate) * this.constants.hidden
  if (part === 2) {
    gate = 3
    place = within
    row = quotient(place, this.constants.hidden)
  }
  const reaching = gradient[gradientAt + place]!
  let value = 0
  if (step < lengths[row]!) {
    const start = gatesAt + row * 3 * this.constants.hidden + place
    const reset = gates[start]!
    const update = gates[start + this.constants.hidden]!
    const candidate = gates[start + 2 * this.constants.hidden]!
    value = reaching * (1 - update) * (1 - candidate * candidate)
    if (gate === 0) {
      value = value * gates[start + 3 * this.constants.hidden]! * reset * (1 - reset)
    } else if (gate === 1) {
      value = reaching * (previous[previousAt + place]! - candidate) * update * (1 - update)
    } else if (gate === 3) {
      value = reaching * update
    } else if (part === 1) {
      value = value * reset
    }
  } else if (gate === 3) {
    value = reaching
  }
  return value
}
