import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number

/** Wᵀ[i,o] = W[o,i]. Output [inputs · outputs]. */
export function transpose(this: Thread<'inputs' | 'outputs'>, weight: Floats): number {
  const input = quotient(this.thread.x, this.constants.outputs)
  const output = this.thread.x - input * this.constants.outputs
  return weight[output * this.constants.inputs + input]!
}
