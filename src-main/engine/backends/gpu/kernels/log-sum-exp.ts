import type { Floats, Thread } from '../kernel-types'

/** log Σ_k e^{logits[r,k]}, the largest logit taken out first. Output [rows]. */
export function logSumExp(this: Thread<'width'>, logits: Floats, logitsAt: number): number {
  const start = logitsAt + this.thread.x * this.constants.width
  let largest = logits[start]!
  for (let k = 1; k < this.constants.width; k++) {
    if (logits[start + k]! > largest) {
      largest = logits[start + k]!
    }
  }
  let sum = 0
  for (let k = 0; k < this.constants.width; k++) {
    sum += Math.exp(logits[start + k]! - largest)
  }
  return Math.log(sum) + largest
}
