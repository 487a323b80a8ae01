import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number

/**
 * (1−ε) w_target (−log p_target) + ε/C Σ_c w_c (−log p_c) of valid rows, 0 of the others; `kept` is 1−ε, `spread` ε/C.
 * Output [steps · batch].
 */
export function crossEntropyWeightedRows(
  this: Thread<'width' | 'batch' | 'kept' | 'spread'>,
  logits: Floats, logitsAt: number, logSums: Floats, targets: Floats, lengths: Floats, classWeights: Floats,
): number {
  const step = quotient(this.thread.x, this.constants.batch)
  const row = this.thread.x - step * this.constants.batch
  const start = logitsAt + this.thread.x * this.constants.width
  const logSum = logSums[this.thread.x]!
  const target = targets[this.thread.x]!
  let loss = 0
  if (step < lengths[row]!) {
    let all = 0
    for (let k = 0; k < this.constants.width; k++) {
      all += classWeights[k]! * (logSum - logits[start + k]!)
    }
    loss = this.constants.kept * classWeights[target]! * (logSum - logits[start + target]!) + this.constants.spread * all
  }
  return loss
}
