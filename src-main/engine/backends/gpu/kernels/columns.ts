import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number

/** y[r,k] = x[r, from + k]. Output [rows · width]. */
export function columns(this: Thread<'inputs' | 'width' | 'from'>, x: Floats, xAt: number): number {
  const row = quotient(this.thread.x, this.constants.width)
  const column = this.thread.x - row * this.constants.width
  return x[xAt + row * this.constants.inputs + this.constants.from + column]!
}
