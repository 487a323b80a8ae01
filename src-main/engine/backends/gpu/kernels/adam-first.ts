import type { Floats, Thread } from '../kernel-types'

/** m' = β₁ m + (1 − β₁) f g. */
export function adamFirst(this: Thread<'beta' | 'rest'>, first: Floats, gradient: Floats, gradientAt: number, factor: Floats, factorAt: number): number {
  return this.constants.beta * first[this.thread.x]! + this.constants.rest * (factor[factorAt]! * gradient[gradientAt + this.thread.x]!)
}
