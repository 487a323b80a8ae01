import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number

/**
 * y[r,o] = Σ_i W[o,i] x[r,i] + b[o]. Output [rows · outputs].
 * @param weight Wᵀ [inputs, outputs]: neighbouring threads read neighbouring numbers
 */
export function affine(this: Thread<'inputs' | 'outputs'>, x: Floats, xAt: number, weight: Floats, bias: Floats): number {
  const row = quotient(this.thread.x, this.constants.outputs)
  const output = this.thread.x - row * this.constants.outputs
  const xStart = xAt + row * this.constants.inputs
  let sum = 0
  for (let i = 0; i < this.constants.inputs; i++) {
    sum += weight[i * this.constants.outputs + output]! * x[xStart + i]!
  }
  return sum + bias[output]!
}
