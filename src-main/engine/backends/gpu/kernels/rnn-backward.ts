import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number

/** ∂L/∂h_{t-1}[b,k] = Σ_j U[j,k] δ[b,j], plus ∂L/∂h_t[b,k] in inactive rows. */
export function rnnBackward(
  this: Thread<'hidden'>,
  delta: Floats, deltaAt: number, weight: Floats, gradient: Floats, gradientAt: number, lengths: Floats, step: number,
): number {
  const row = quotient(this.thread.x, this.constants.hidden)
  const unit = this.thread.x - row * this.constants.hidden
  const deltaStart = deltaAt + row * this.constants.hidden
  let sum = 0
  if (step >= lengths[row]!) {
    sum = gradient[gradientAt + this.thread.x]!
  }
  for (let j = 0; j < this.constants.hidden; j++) {
    sum += weight[j * this.constants.hidden + unit]! * delta[deltaStart + j]!
  }
  return sum
}
