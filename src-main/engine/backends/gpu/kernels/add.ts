import type { Floats, Thread } from '../kernel-types'

/** a + b, element by element. */
export function add(this: Thread, a: Floats, b: Floats): number {
  return a[this.thread.x]! + b[this.thread.x]!
}
