import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number
declare function hyperbolicTangent(x: number): number

/**
 * h[b,j] = φ(p[b,j] + Σ_k U[j,k] h_{t-1}[b,k]) in active rows, h_{t-1}[b,j] in the others; φ: `relu` 0 tanh, 1 ReLU.
 * @param weight Uᵀ [H, H]: neighbouring threads read neighbouring numbers
 */
export function rnnStep(
  this: Thread<'hidden' | 'relu'>,
  projected: Floats, projectedAt: number, previous: Floats, previousAt: number, weight: Floats, lengths: Floats, step: number,
): number {
  const row = quotient(this.thread.x, this.constants.hidden)
  const unit = this.thread.x - row * this.constants.hidden
  let state = previous[previousAt + this.thread.x]!
  if (step < lengths[row]!) {
    const previousStart = previousAt + row * this.constants.hidden
    let sum = projected[projectedAt + this.thread.x]!
    for (let k = 0; k < this.constants.hidden; k++) {
      sum += weight[k * this.constants.hidden + unit]! * previous[previousStart + k]!
    }
    if (this.constants.relu === 0) {
      state = hyperbolicTangent(sum)
    } else {
      state = sum
      if (sum <= 0) {
        state = 0
      }
    }
  }
  return state
}
