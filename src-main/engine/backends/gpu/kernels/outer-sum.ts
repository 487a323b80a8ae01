import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number

/**
 * Part p of ∂L/∂W[o,i] = Σ_r δ[r,o] x[r,i], r = p, p + parts, … of all time steps and batch rows.
 * Output [parts · outputs · inputs].
 */
export function outerSum(this: Thread<'rows' | 'inputs' | 'outputs' | 'parts' | 'rounds'>, delta: Floats, deltaAt: number, x: Floats, xAt: number): number {
  const part = quotient(this.thread.x, this.constants.outputs * this.constants.inputs)
  const place = this.thread.x - part * this.constants.outputs * this.constants.inputs
  const output = quotient(place, this.constants.inputs)
  const input = place - output * this.constants.inputs
  let sum = 0
  for (let k = 0; k < this.constants.rounds; k++) {
    if (part + k * this.constants.parts < this.constants.rows) {
      sum += delta[deltaAt + (part + k * this.constants.parts) * this.constants.outputs + output]! * x[xAt + (part + k * this.constants.parts) * this.constants.inputs + input]!
    }
  }
  return sum
}
