import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number

/** y[r,e] = table[token_r, e]. Output [rows · width]. */
export function gather(this: Thread<'width'>, tokens: Floats, table: Floats): number {
  const row = quotient(this.thread.x, this.constants.width)
  const column = this.thread.x - row * this.constants.width
  return table[tokens[row]! * this.constants.width + column]!
}
