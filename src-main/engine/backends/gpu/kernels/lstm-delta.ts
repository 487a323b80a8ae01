import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number
declare function hyperbolicTangent(x: number): number

/**
 * ∂L/∂ of the four gates before their nonlinearity, order i f g o, in active rows; 0 in the others. Output [batch · 4H].
 *   dc = ∂L/∂c_t + ∂L/∂h_t ⊙ o ⊙ (1 − tanh²c_t)
 *   δi = dc⊙g⊙i(1−i);  δf = dc⊙c_{t-1}⊙f(1−f);  δg = dc⊙i⊙(1−g²);  δo = ∂L/∂h_t ⊙ tanh c_t ⊙ o(1−o)
 */
export function lstmDelta(
  this: Thread<'hidden' | 'width'>,
  gradient: Floats, gradientAt: number, cellGradient: Floats, cellGradientAt: number, gates: Floats, gatesAt: number,
  previousCell: Floats, previousCellAt: number, cell: Floats, cellAt: number, lengths: Floats, step: number,
): number {
  const row = quotient(this.thread.x, this.constants.width)
  const column = this.thread.x - row * this.constants.width
  const gate = quotient(column, this.constants.hidden)
  const unit = column - gate * this.constants.hidden
  const place = row * this.constants.hidden + unit
  const start = gatesAt + row * this.constants.width + unit
  let delta = 0
  if (step < lengths[row]!) {
    const own = gates[gatesAt + this.thread.x]!
    const output = gates[start + 3 * this.constants.hidden]!
    const state = hyperbolicTangent(cell[cellAt + place]!)
    const reaching = gradient[gradientAt + place]!
    const cellDelta = cellGradient[cellGradientAt + place]! + reaching * output * (1 - state * state)
    if (gate === 0) {
      delta = cellDelta * gates[start + 2 * this.constants.hidden]! * own * (1 - own)
    } else if (gate === 1) {
      delta = cellDelta * previousCell[previousCellAt + place]! * own * (1 - own)
    } else if (gate === 2) {
      delta = cellDelta * gates[start]! * (1 - own * own)
    } else {
      delta = reaching * state * own * (1 - own)
    }
  }
  return delta
}
