import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number

/** ∂L/∂output[r,k] = sign(output[r,k] − target[r,k]) · scale in valid rows, 0 in the others; NaN stays NaN. */
export function absoluteErrorGradient(
  this: Thread<'width' | 'batch'>,
  output: Floats, outputAt: number, targets: Floats, targetsAt: number, lengths: Floats, scale: Floats, scaleAt: number,
): number {
  const element = quotient(this.thread.x, this.constants.width)
  const step = quotient(element, this.constants.batch)
  const row = element - step * this.constants.batch
  let gradient = 0
  if (step < lengths[row]!) {
    gradient = output[outputAt + this.thread.x]! - targets[targetsAt + this.thread.x]!
    if (gradient > 0) {
      gradient = 1
    } else if (gradient < 0) {
      gradient = -1
    }
    gradient = gradient * scale[scaleAt]!
  }
  return gradient
}
