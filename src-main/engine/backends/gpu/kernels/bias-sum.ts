import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number

/** Part p of ∂L/∂b[o] = Σ_r δ[r,o], r = p, p + parts, … of all time steps and batch rows. Output [parts · outputs]. */
export function biasSum(this: Thread<'rows' | 'outputs' | 'parts' | 'rounds'>, delta: Floats, deltaAt: number): number {
  const part = quotient(this.thread.x, this.constants.outputs)
  const output = this.thread.x - part * this.constants.outputs
  let sum = 0
  for (let k = 0; k < this.constants.rounds; k++) {
    if (part + k * this.constants.parts < this.constants.rows) {
      sum += delta[deltaAt + (part + k * this.constants.parts) * this.constants.outputs + output]!
    }
  }
  return sum
}
