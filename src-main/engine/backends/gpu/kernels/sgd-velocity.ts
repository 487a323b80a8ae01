import type { Floats, Thread } from '../kernel-types'

/** v' = μ v + f g. */
export function sgdVelocity(this: Thread<'momentum'>, velocity: Floats, gradient: Floats, gradientAt: number, factor: Floats, factorAt: number): number {
  return this.constants.momentum * velocity[this.thread.x]! + factor[factorAt]! * gradient[gradientAt + this.thread.x]!
}
