import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number

/** ∂L/∂logits[r,k] = (softmax(logits[r])[k] − [k = target_r]) · scale in valid rows, 0 in the others. */
export function crossEntropyGradient(
  this: Thread<'width' | 'batch'>,
  logits: Floats, logitsAt: number, logSums: Floats, targets: Floats, lengths: Floats, scale: Floats, scaleAt: number,
): number {
  const element = quotient(this.thread.x, this.constants.width)
  const k = this.thread.x - element * this.constants.width
  const step = quotient(element, this.constants.batch)
  const row = element - step * this.constants.batch
  let gradient = 0
  if (step < lengths[row]!) {
    gradient = Math.exp(logits[logitsAt + this.thread.x]! - logSums[element]!)
    if (k === targets[element]!) {
      gradient = gradient - 1
    }
    gradient = gradient * scale[scaleAt]!
  }
  return gradient
}
