import type { Floats, Thread } from '../kernel-types'

/** p' = p − η (f g + μ v'). */
export function sgdNesterov(
  this: Thread<'momentum'>,
  parameter: Floats, gradient: Floats, gradientAt: number, factor: Floats, factorAt: number, velocity: Floats, hyper: Floats, hyperAt: number,
): number {
  const direction = factor[factorAt]! * gradient[gradientAt + this.thread.x]! + this.constants.momentum * velocity[this.thread.x]!
  return parameter[this.thread.x]! - hyper[hyperAt]! * direction
}
