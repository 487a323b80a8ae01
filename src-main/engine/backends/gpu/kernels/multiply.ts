import type { Floats, Thread } from '../kernel-types'

/** left · right, element by element. */
export function multiply(this: Thread, left: Floats, leftAt: number, right: Floats, rightAt: number): number {
  return left[leftAt + this.thread.x]! * right[rightAt + this.thread.x]!
}
