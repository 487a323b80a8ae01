import type { Floats, Thread } from '../kernel-types'

/** Part p of a sum: Σ values[p + k·parts]. Output [parts]. */
export function sumParts(this: Thread<'elements' | 'parts' | 'rounds'>, values: Floats): number {
  let sum = 0
  for (let k = 0; k < this.constants.rounds; k++) {
    if (this.thread.x + k * this.constants.parts < this.constants.elements) {
      sum += values[this.thread.x + k * this.constants.parts]!
    }
  }
  return sum
}
