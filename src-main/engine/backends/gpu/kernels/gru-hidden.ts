import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number

/** h'[b,j] = (1 − z)⊙n + z⊙h in active rows, h in the others. Output [batch · H]. */
export function gruHidden(this: Thread<'hidden' | 'width'>, gates: Floats, previous: Floats, previousAt: number, lengths: Floats, step: number): number {
  const row = quotient(this.thread.x, this.constants.hidden)
  const unit = this.thread.x - row * this.constants.hidden
  const start = row * this.constants.width + unit
  let value = previous[previousAt + this.thread.x]!
  if (step < lengths[row]!) {
    const update = gates[start + this.constants.hidden]!
    value = (1 - update) * gates[start + 2 * this.constants.hidden]! + update * value
  }
  return value
}
