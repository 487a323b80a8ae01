import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number

/** δ[b,j] = ∂L/∂h[b,j] · φ'(h[b,j]) in active rows, 0 in the others; φ' = 1 − h² (tanh) or [h > 0] (ReLU). */
export function rnnDelta(
  this: Thread<'hidden' | 'relu'>,
  gradient: Floats, gradientAt: number, state: Floats, stateAt: number, lengths: Floats, step: number,
): number {
  const row = quotient(this.thread.x, this.constants.hidden)
  const h = state[stateAt + this.thread.x]!
  let slope = 0
  if (this.constants.relu === 0) {
    slope = 1 - h * h
  } else if (h > 0) {
    slope = 1
  }
  let delta = 0
  if (step < lengths[row]!) {
    delta = gradient[gradientAt + this.thread.x]! * slope
  }
  return delta
}
