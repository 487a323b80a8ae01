import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number
declare function hyperbolicTangent(x: number): number

/** h'[b,j] = o⊙tanh(c') in active rows, h in the others. Output [batch · H]. */
export function lstmHidden(
  this: Thread<'hidden' | 'width'>,
  gates: Floats, cell: Floats, previous: Floats, previousAt: number, lengths: Floats, step: number,
): number {
  const row = quotient(this.thread.x, this.constants.hidden)
  const unit = this.thread.x - row * this.constants.hidden
  let value = previous[previousAt + this.thread.x]!
  if (step < lengths[row]!) {
    value = gates[row * this.constants.width + unit + 3 * this.constants.hidden]! * hyperbolicTangent(cell[this.thread.x]!)
  }
  return value
}
