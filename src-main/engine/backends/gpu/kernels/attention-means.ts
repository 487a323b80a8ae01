import type { Floats, Thread } from '../kernel-types'

/** Σ_s α[t,b,s] ∂L/∂α[t,b,s]; both are 0 past a row's end. Output [steps · batch]. */
export function attentionMeans(this: Thread<'keys'>, weights: Floats, weightsAt: number, reaching: Floats): number {
  const start = this.thread.x * this.constants.keys
  let sum = 0
  for (let s = 0; s < this.constants.keys; s++) {
    sum += weights[weightsAt + start + s]! * reaching[start + s]!
  }
  return sum
}
