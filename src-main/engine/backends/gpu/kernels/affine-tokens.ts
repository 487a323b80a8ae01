import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number

/** y[r,o] = W[o, token_r] + b[o]: the affine map of one-hot x. Output [rows · outputs]. */
export function affineTokens(this: Thread<'vocabulary' | 'outputs'>, tokens: Floats, weight: Floats, bias: Floats): number {
  const row = quotient(this.thread.x, this.constants.outputs)
  const output = this.thread.x - row * this.constants.outputs
  return weight[output * this.constants.vocabulary + tokens[row]!]! + bias[output]!
}
