import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number

/** 1 for valid rows whose first largest logit is the target, else 0. Output [steps · batch]. */
export function crossEntropyHits(this: Thread<'width' | 'batch'>, logits: Floats, logitsAt: number, targets: Floats, lengths: Floats): number {
  const step = quotient(this.thread.x, this.constants.batch)
  const row = this.thread.x - step * this.constants.batch
  const start = logitsAt + this.thread.x * this.constants.width
  const target = targets[this.thread.x]!
  const reached = logits[start + target]!
  let hit = 0
  if (step < lengths[row]!) {
    hit = 1
  }
  for (let k = 0; k < this.constants.width; k++) {
    if (logits[start + k]! > reached) {
      hit = 0
    }
    if (k < target && logits[start + k]! >= reached) {
      hit = 0
    }
  }
  return hit
}
