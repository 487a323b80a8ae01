import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number

/**
 * ∂L/∂ of the three gates before their nonlinearity, order r z n, in active rows; 0 in the others. Output [batch · 3H].
 *   δn = ∂L/∂h_t ⊙ (1−z) ⊙ (1−n²);  δz = ∂L/∂h_t ⊙ (h_{t-1}−n) ⊙ z(1−z);  δr = δn⊙q⊙r(1−r)
 * With `recurrent` 1: towards U h + b_hh, where the third is δn⊙r.
 */
export function gruDelta(
  this: Thread<'hidden' | 'recurrent'>,
  gradient: Floats, gradientAt: number, gates: Floats, gatesAt: number, previous: Floats, previousAt: number, lengths: Floats, step: number,
): number {
  const row = quotient(this.thread.x, 3 * this.constants.hidden)
  const column = this.thread.x - row * 3 * this.constants.hidden
  const gate = quotient(column, this.constants.hidden)
  const unit = column - gate * this.constants.hidden
  const place = row * this.constants.hidden + unit
  const start = gatesAt + row * 4 * this.constants.hidden + unit
  let delta = 0
  if (step < lengths[row]!) {
    const reaching = gradient[gradientAt + place]!
    const reset = gates[start]!
    const update = gates[start + this.constants.hidden]!
    const candidate = gates[start + 2 * this.constants.hidden]!
    delta = reaching * (1 - update) * (1 - candidate * candidate)
    if (gate === 0) {
      delta = delta * gates[start + 3 * this.constants.hidden]! * reset * (1 - reset)
    } else if (gate === 1) {
      delta = reaching * (previous[previousAt + place]! - candidate) * update * (1 - update)
    } else if (this.constants.recurrent === 1) {
      delta = delta * reset
    }
  }
  return delta
}
