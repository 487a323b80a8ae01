import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number
declare function hyperbolicTangent(x: number): number

/** ∂L/∂c_{t-1} = (∂L/∂c_t + ∂L/∂h_t ⊙ o ⊙ (1 − tanh²c_t)) ⊙ f in active rows, ∂L/∂c_t in the others. Output [batch · H]. */
export function lstmCellGradient(
  this: Thread<'hidden' | 'width'>,
  gradient: Floats, gradientAt: number, cellGradient: Floats, cellGradientAt: number, gates: Floats, gatesAt: number,
  cell: Floats, cellAt: number, lengths: Floats, step: number,
): number {
  const row = quotient(this.thread.x, this.constants.hidden)
  const unit = this.thread.x - row * this.constants.hidden
  const start = gatesAt + row * this.constants.width + unit
  let value = cellGradient[cellGradientAt + this.thread.x]!
  if (step < lengths[row]!) {
    const state = hyperbolicTangent(cell[cellAt + this.thread.x]!)
    const output = gates[start + 3 * this.constants.hidden]!
    value = (value + gradient[gradientAt + this.thread.x]! * output * (1 - state * state)) * gates[start + this.constants.hidden]!
  }
  return value
}
