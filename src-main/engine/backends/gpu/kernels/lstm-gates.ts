import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number
declare function sigmoid(x: number): number
declare function hyperbolicTangent(x: number): number

/**
 * The gates of one LSTM step after their nonlinearity, in active rows; 0 in the others. Gate g of unit j is row g·H + j of
 * U and of p: σ(p + U h) for i, f, o, tanh(p + U h) for g. Output [batch · 4H].
 * @param weight Uᵀ [H, 4H]: neighbouring threads read neighbouring numbers
 */
export function lstmGates(
  this: Thread<'hidden' | 'width'>,
  projected: Floats, projectedAt: number, previous: Floats, previousAt: number, weight: Floats, lengths: Floats, step: number,
): number {
  const row = quotient(this.thread.x, this.constants.width)
  const column = this.thread.x - row * this.constants.width
  const gate = quotient(column, this.constants.hidden)
  let value = 0
  if (step < lengths[row]!) {
    const previousStart = previousAt + row * this.constants.hidden
    let sum = projected[projectedAt + this.thread.x]!
    for (let k = 0; k < this.constants.hidden; k++) {
      sum += weight[k * this.constants.width + column]! * previous[previousStart + k]!
    }
    if (gate === 2) {
      value = hyperbolicTangent(sum)
    } else {
      value = sigmoid(sum)
    }
  }
  return value
}
