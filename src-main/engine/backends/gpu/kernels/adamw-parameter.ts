import type { Floats, Thread } from '../kernel-types'

/** AdamW: p' = p · hyper₂ − hyper₀ · m' / (√v' · hyper₁ + ε), hyper₂ = 1 − ηλ; the rest as in adamParameter. */
export function adamwParameter(this: Thread<'epsilon'>, parameter: Floats, first: Floats, second: Floats, hyper: Floats, hyperAt: number): number {
  const kept = parameter[this.thread.x]! * hyper[hyperAt + 2]!
  return kept - hyper[hyperAt]! * first[this.thread.x]! / (Math.sqrt(second[this.thread.x]!) * hyper[hyperAt + 1]! + this.constants.epsilon)
}
