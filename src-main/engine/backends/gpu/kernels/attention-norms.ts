import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number

/**
 * The largest score m of each query over valid encoder steps, and after them Σ_s e^{score − m}, each [steps · batch]; `rows`
 * is steps · batch. The two aren't folded into one logarithm: scores grow with the state, and it would round as they do.
 */
export function attentionNorms(this: Thread<'keys' | 'batch' | 'rows'>, scores: Floats, lengths: Floats): number {
  const part = quotient(this.thread.x, this.constants.rows)
  const element = this.thread.x - part * this.constants.rows
  const length = lengths[element - quotient(element, this.constants.batch) * this.constants.batch]!
  const start = element * this.constants.keys
  let result = scores[start]!
  for (let s = 1; s < this.constants.keys; s++) {
    if (s < length && scores[start + s]! > result) {
      result = scores[start + s]!
    }
  }
  if (part === 1) {
    let sum = 0
    for (let s = 0; s < this.constants.keys; s++) {
      if (s < length) {
        sum += Math.exp(scores[start + s]! - result)
      }
    }
    result = sum
  }
  return result
}
