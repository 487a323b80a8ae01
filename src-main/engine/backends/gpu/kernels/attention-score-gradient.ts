import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number

/** ∂L/∂e[t,b,s] = α[t,b,s] (∂L/∂α[t,b,s] − Σ_s' α ∂L/∂α). Output [steps · batch · keys]. */
export function attentionScoreGradient(this: Thread<'keys'>, weights: Floats, weightsAt: number, reaching: Floats, means: Floats): number {
  const element = quotient(this.thread.x, this.constants.keys)
  return weights[weightsAt + this.thread.x]! * (reaching[this.thread.x]! - means[element]!)
}
