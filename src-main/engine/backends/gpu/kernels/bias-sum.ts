import type { Floats, Thread } from '../kernel-types'

/** ∂L/∂b[o] = Σ_r δ[r,o], r over all time steps and batch rows. Output [outputs]. */
export function biasSum(this: Thread<'rows' | 'outputs'>, delta: Floats, deltaAt: number): number {
  const start = deltaAt + this.thread.x
  let sum = 0
  for (let r = 0; r < this.constants.rows; r++) {
    sum += delta[start + r * this.constants.outputs]!
  }
  return sum
}
