import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number

/** ∂L/∂h_t in inactive rows, 0 in active ones. Output [batch · H]. */
export function held(this: Thread<'hidden'>, gradient: Floats, gradientAt: number, lengths: Floats, step: number): number {
  const row = quotient(this.thread.x, this.constants.hidden)
  let value = 0
  if (step >= lengths[row]!) {
    value = gradient[gradientAt + this.thread.x]!
  }
  return value
}
