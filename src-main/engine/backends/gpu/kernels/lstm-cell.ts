import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number

/** c'[b,j] = f⊙c + i⊙g in active rows, c in the others. Output [batch · H]. */
export function lstmCell(this: Thread<'hidden' | 'width'>, gates: Floats, cell: Floats, cellAt: number, lengths: Floats, step: number): number {
  const row = quotient(this.thread.x, this.constants.hidden)
  const unit = this.thread.x - row * this.constants.hidden
  const start = row * this.constants.width + unit
  let value = cell[cellAt + this.thread.x]!
  if (step < lengths[row]!) {
    value = gates[start + this.constants.hidden]! * value + gates[start]! * gates[start + 2 * this.constants.hidden]!
  }
  return value
}
