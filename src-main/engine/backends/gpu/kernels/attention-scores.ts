import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number

/** e[t,b,s] = Σ_k q[t,b,k] · key[s,b,k] of valid encoder steps, 0 past a row's end. Output [steps · batch · keys]. */
export function attentionScores(
  this: Thread<'keys' | 'batch' | 'hidden'>,
  queries: Floats, queriesAt: number, keys: Floats, keysAt: number, lengths: Floats,
): number {
  const element = quotient(this.thread.x, this.constants.keys)
  const place = this.thread.x - element * this.constants.keys
  const row = element - quotient(element, this.constants.batch) * this.constants.batch
  let sum = 0
  if (place < lengths[row]!) {
    const queryStart = queriesAt + element * this.constants.hidden
    const keyStart = keysAt + (place * this.constants.batch + row) * this.constants.hidden
    for (let k = 0; k < this.constants.hidden; k++) {
      sum += queries[queryStart + k]! * keys[keyStart + k]!
    }
  }
  return sum
}
