import type { Floats, Thread } from '../kernel-types'

/** f g + λ p: the clipped gradient with weight decay as an L2 term. */
export function decayedGradient(
  this: Thread<'decay'>,
  gradient: Floats, gradientAt: number, factor: Floats, factorAt: number, parameter: Floats,
): number {
  return factor[factorAt]! * gradient[gradientAt + this.thread.x]! + this.constants.decay * parameter[this.thread.x]!
}
