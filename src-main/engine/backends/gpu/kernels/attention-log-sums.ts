import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number

/** log Σ_s e^{scores[t,b,s]} over valid encoder steps, the largest taken out first; 0 of an empty row. Output [steps · batch]. */
export function attentionLogSums(this: Thread<'keys' | 'batch'>, scores: Floats, lengths: Floats): number {
  const row = this.thread.x - quotient(this.thread.x, this.constants.batch) * this.constants.batch
  const start = this.thread.x * this.constants.keys
  const length = lengths[row]!
  let result = 0
  if (length > 0) {
    let largest = scores[start]!
    for (let s = 1; s < this.constants.keys; s++) {
      if (s < length && scores[start + s]! > largest) {
        largest = scores[start + s]!
      }
    }
    let sum = 0
    for (let s = 0; s < this.constants.keys; s++) {
      if (s < length) {
        sum += Math.exp(scores[start + s]! - largest)
      }
    }
    result = Math.log(sum) + largest
  }
  return result
}
