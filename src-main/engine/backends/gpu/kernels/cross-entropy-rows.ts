import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number

/** −log softmax(logits[r])[target_r] of valid rows, 0 of the others. Output [steps · batch]. */
export function crossEntropyRows(
  this: Thread<'width' | 'batch'>,
  logits: Floats, logitsAt: number, logSums: Floats, targets: Floats, lengths: Floats,
): number {
  const step = quotient(this.thread.x, this.constants.batch)
  const row = this.thread.x - step * this.constants.batch
  let loss = 0
  if (step < lengths[row]!) {
    loss = logSums[this.thread.x]! - logits[logitsAt + this.thread.x * this.constants.width + targets[this.thread.x]!]!
  }
  return loss
}
