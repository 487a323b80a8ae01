import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number

/**
 * ∂L/∂h_{t-1}[b,k] = Σ_j U[j,k] δ[b,j] + direct + addend; `terms`: how many of the two last there are. Output [batch · H].
 */
export function recurrentBackward(
  this: Thread<'hidden' | 'width' | 'terms'>,
  delta: Floats, deltaAt: number, weight: Floats, direct: Floats, directAt: number, addend: Floats, addendAt: number,
): number {
  const row = quotient(this.thread.x, this.constants.hidden)
  const unit = this.thread.x - row * this.constants.hidden
  const deltaStart = deltaAt + row * this.constants.width
  let sum = 0
  if (this.constants.terms > 0) {
    sum = direct[directAt + this.thread.x]!
  }
  if (this.constants.terms > 1) {
    sum = sum + addend[addendAt + this.thread.x]!
  }
  for (let j = 0; j < this.constants.width; j++) {
    sum += weight[j * this.constants.hidden + unit]! * delta[deltaStart + j]!
  }
  return sum
}
