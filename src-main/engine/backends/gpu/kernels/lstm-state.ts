import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number
declare function hyperbolicTangent(x: number): number

/**
 * c' and after it h', each [batch · H]; `states` is batch · H.
 *   c' = f⊙c + i⊙g;  h' = o⊙tanh(c') in active rows; c and h in the others
 */
export function lstmState(
  this: Thread<'hidden' | 'states'>,
  gates: Floats, previous: Floats, previousAt: number, cell: Floats, cellAt: number, lengths: Floats, step: number,
): number {
  const part = quotient(this.thread.x, this.constants.states)
  const place = this.thread.x - part * this.constants.states
  const row = quotient(place, this.constants.hidden)
  const start = row * 3 * this.constants.hidden + place
  let value = cell[cellAt + place]!
  if (step < lengths[row]!) {
    value = gates[start + this.constants.hidden]! * value + gates[start]! * gates[start + 2 * this.constants.hidden]!
    if (part === 1) {
      value = gates[start + 3 * this.constants.hidden]! * hyperbolicTangent(value)
    }
  } else if (part === 1) {
    value = previous[previousAt + place]!
  }
  return value
}
