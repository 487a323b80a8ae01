import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number
declare function hyperbolicTangent(x: number): number

/**
 * ∂L/∂ of the four gates before their nonlinearity, order i f g o, [batch · 4H], and after it ∂L/∂c_{t-1}, [batch · H];
 * `gates` is batch · 4H.
 *   dc = ∂L/∂c_t + ∂L/∂h_t ⊙ o ⊙ (1 − tanh²c_t)
 *   δi = dc⊙g⊙i(1−i);  δf = dc⊙c_{t-1}⊙f(1−f);  δg = dc⊙i⊙(1−g²);  δo = ∂L/∂h_t ⊙ tanh c_t ⊙ o(1−o)
 *   ∂L/∂c_{t-1} = dc⊙f;  in inactive rows δ = 0 and ∂L/∂c_{t-1} = ∂L/∂c_t
 */
export function lstmDelta(
  this: Thread<'hidden' | 'gates'>,
  gradient: Floats, gradientAt: number, cellGradient: Floats, cellGradientAt: number, gates: Floats, gatesAt: number,
  previousCell: Floats, previousCellAt: number, cell: Floats, cellAt: number, lengths: Floats, step: number,
): number {
  let row = quotient(this.thread.x, 4 * this.constants.hidden)
  let gate = quotient(this.thread.x - row * 4 * this.constants.hidden, this.constants.hidden)
  let place = this.thread.x - (row * 3 + gate) * this.constants.hidden
  if (this.thread.x >= this.constants.gates) {
    gate = 4
    place = this.thread.x - this.constants.gates
    row = quotient(place, this.constants.hidden)
  }
  let value = 0
  if (step < lengths[row]!) {
    const start = gatesAt + row * 3 * this.constants.hidden + place
    const input = gates[start]!
    const forget = gates[start + this.constants.hidden]!
    const candidate = gates[start + 2 * this.constants.hidden]!
    const output = gates[start + 3 * this.constants.hidden]!
    const squashed = hyperbolicTangent(cell[cellAt + place]!)
    const reaching = gradient[gradientAt + place]!
    const cellDelta = cellGradient[cellGradientAt + place]! + reaching * output * (1 - squashed * squashed)
    if (gate === 0) {
      value = cellDelta * candidate * input * (1 - input)
    } else if (gate === 1) {
      value = cellDelta * previousCell[previousCellAt + place]! * forget * (1 - forget)
    } else if (gate === 2) {
      value = cellDelta * input * (1 - candidate * candidate)
    } else if (gate === 3) {
      value = reaching * squashed * output * (1 - output)
    } else {
      value = cellDelta * forget
    }
  } else if (gate === 4) {
    value = cellGradient[cellGradientAt + place]!
  }
  return value
}
