import type { Floats, Thread } from '../kernel-types'

/** v' = β₂ v + (1 − β₂) (f g)². */
export function adamSecond(this: Thread<'beta' | 'rest'>, second: Floats, gradient: Floats, gradientAt: number, factor: Floats, factorAt: number): number {
  const scaled = factor[factorAt]! * gradient[gradientAt + this.thread.x]!
  return this.constants.beta * second[this.thread.x]! + this.constants.rest * scaled * scaled
}
