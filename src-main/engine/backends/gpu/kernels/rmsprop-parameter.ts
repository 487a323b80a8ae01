import type { Floats, Thread } from '../kernel-types'

/** p' = p − η f g / (√s' + ε). */
export function rmspropParameter(
  this: Thread<'epsilon'>,
  parameter: Floats, square: Floats, gradient: Floats, gradientAt: number, factor: Floats, factorAt: number, hyper: Floats, hyperAt: number,
): number {
  const scaled = factor[factorAt]! * gradient[gradientAt + this.thread.x]!
  return parameter[this.thread.x]! - hyper[hyperAt]! * scaled / (Math.sqrt(square[this.thread.x]!) + this.constants.epsilon)
}
