import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number

/** y[r] = left[r] followed by right[r]. Output [rows · (left + right)]. */
export function sideBySide(this: Thread<'left' | 'right'>, left: Floats, leftAt: number, right: Floats, rightAt: number): number {
  const row = quotient(this.thread.x, this.constants.left + this.constants.right)
  const column = this.thread.x - row * (this.constants.left + this.constants.right)
  let value = 0
  if (column < this.constants.left) {
    value = left[leftAt + row * this.constants.left + column]!
  } else {
    value = right[rightAt + row * this.constants.right + column - this.constants.left]!
  }
  return value
}
