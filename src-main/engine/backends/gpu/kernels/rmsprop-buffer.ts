import type { Floats, Thread } from '../kernel-types'

/** b' = μ b + f g / (√s' + ε). */
export function rmspropBuffer(
  this: Thread<'momentum' | 'epsilon'>,
  buffer: Floats, square: Floats, gradient: Floats, gradientAt: number, factor: Floats, factorAt: number,
): number {
  const scaled = factor[factorAt]! * gradient[gradientAt + this.thread.x]!
  return this.constants.momentum * buffer[this.thread.x]! + scaled / (Math.sqrt(square[this.thread.x]!) + this.constants.epsilon)
}
