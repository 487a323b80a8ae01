import type { Floats, Thread } from '../kernel-types'

/** Part p of a sum of squares: Σ values[at + p + k·parts]². Output [parts]. */
export function sumSquaresParts(this: Thread<'elements' | 'parts' | 'rounds'>, values: Floats, at: number): number {
  let sum = 0
  for (let k = 0; k < this.constants.rounds; k++) {
    if (this.thread.x + k * this.constants.parts < this.constants.elements) {
      sum += values[at + this.thread.x + k * this.constants.parts]! * values[at + this.thread.x + k * this.constants.parts]!
    }
  }
  return sum
}
