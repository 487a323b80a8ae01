import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number

/** α[t,b,s] = softmax of the scores over valid encoder steps, 0 past a row's end. Output [steps · batch · keys]. */
export function attentionWeights(this: Thread<'keys' | 'batch' | 'rows'>, scores: Floats, norms: Floats, lengths: Floats): number {
  const element = quotient(this.thread.x, this.constants.keys)
  const place = this.thread.x - element * this.constants.keys
  const row = element - quotient(element, this.constants.batch) * this.constants.batch
  let weight = 0
  if (place < lengths[row]!) {
    weight = Math.exp(scores[this.thread.x]! - norms[element]!) / norms[this.constants.rows + element]!
  }
  return weight
}
