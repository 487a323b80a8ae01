import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number

/** ∂L/∂x[r,i] = Σ_o W[o,i] δ[r,o]. Output [rows · inputs]. */
export function affineBackwardInput(this: Thread<'inputs' | 'outputs'>, delta: Floats, deltaAt: number, weight: Floats): number {
  const row = quotient(this.thread.x, this.constants.inputs)
  const input = this.thread.x - row * this.constants.inputs
  const deltaStart = deltaAt + row * this.constants.outputs
  let sum = 0
  for (let o = 0; o < this.constants.outputs; o++) {
    sum += weight[o * this.constants.inputs + input]! * delta[deltaStart + o]!
  }
  return sum
}
