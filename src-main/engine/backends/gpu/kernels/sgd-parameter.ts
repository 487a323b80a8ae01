import type { Floats, Thread } from '../kernel-types'

/** p' = p − η f d; d is the velocity (f = 1 then) or the gradient. */
export function sgdParameter(this: Thread, parameter: Floats, direction: Floats, directionAt: number, factor: Floats, factorAt: number, hyper: Floats, hyperAt: number): number {
  return parameter[this.thread.x]! - hyper[hyperAt]! * (factor[factorAt]! * direction[directionAt + this.thread.x]!)
}
