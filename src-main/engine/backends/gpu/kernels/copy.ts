import type { Floats, Thread } from '../kernel-types'

/** A stretch of a buffer as a buffer of its own. */
export function copy(this: Thread, from: Floats, at: number): number {
  return from[at + this.thread.x]!
}
