import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number

/** What reaches h_{t-1} past the gates: ∂L/∂h_t ⊙ z in active rows, ∂L/∂h_t in the others. Output [batch · H]. */
export function gruDirect(
  this: Thread<'hidden' | 'width'>,
  gradient: Floats, gradientAt: number, gates: Floats, gatesAt: number, lengths: Floats, step: number,
): number {
  const row = quotient(this.thread.x, this.constants.hidden)
  const unit = this.thread.x - row * this.constants.hidden
  let value = gradient[gradientAt + this.thread.x]!
  if (step < lengths[row]!) {
    value = value * gates[gatesAt + row * this.constants.width + this.constants.hidden + unit]!
  }
  return value
}
