import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number

/** ∂L/∂W[o,i] = Σ_r δ[r,o] x[r,i], r over all time steps and batch rows. Output [outputs · inputs]. */
export function outerSum(this: Thread<'rows' | 'inputs' | 'outputs'>, delta: Floats, deltaAt: number, x: Floats, xAt: number): number {
  const output = quotient(this.thread.x, this.constants.inputs)
  const input = this.thread.x - output * this.constants.inputs
  const deltaStart = deltaAt + output
  const xStart = xAt + input
  let sum = 0
  for (let r = 0; r < this.constants.rows; r++) {
    sum += delta[deltaStart + r * this.constants.outputs]! * x[xStart + r * this.constants.inputs]!
  }
  return sum
}
