import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number

/** Σ_s α[t,b,s] · key[s,b,k] over valid encoder steps. Output [steps · batch · hidden]. */
export function attentionContext(
  this: Thread<'keys' | 'batch' | 'hidden'>,
  weights: Floats, weightsAt: number, keys: Floats, keysAt: number, lengths: Floats,
): number {
  const element = quotient(this.thread.x, this.constants.hidden)
  const unit = this.thread.x - element * this.constants.hidden
  const row = element - quotient(element, this.constants.batch) * this.constants.batch
  const weightStart = weightsAt + element * this.constants.keys
  const keyStart = keysAt + row * this.constants.hidden + unit
  const stride = this.constants.batch * this.constants.hidden
  const length = lengths[row]!
  let sum = 0
  for (let s = 0; s < this.constants.keys; s++) {
    if (s >= length) {
      break
    }
    sum += weights[weightStart + s]! * keys[keyStart + s * stride]!
  }
  return sum
}
