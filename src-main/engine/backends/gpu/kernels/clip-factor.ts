import type { Floats, Thread } from '../kernel-types'

/** min(1, clip / (norm + 1e-6)), as torch.nn.utils.clip_grad_norm_. Output [1]. */
export function clipFactor(this: Thread<'clip'>, norm: Floats, normAt: number): number {
  return Math.min(1, this.constants.clip / (norm[normAt + this.thread.x]! + 0.000001))
}
