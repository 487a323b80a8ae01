import type { Floats, Thread } from '../kernel-types'

/** p' = p − hyper₀ · m' / (√v' · hyper₁ + ε), hyper₀ = η/(1−β₁ᵗ), hyper₁ = 1/√(1−β₂ᵗ). */
export function adamParameter(this: Thread<'epsilon'>, parameter: Floats, first: Floats, second: Floats, hyper: Floats, hyperAt: number): number {
  return parameter[this.thread.x]! - hyper[hyperAt]! * first[this.thread.x]! / (Math.sqrt(second[this.thread.x]!) * hyper[hyperAt + 1]! + this.constants.epsilon)
}
