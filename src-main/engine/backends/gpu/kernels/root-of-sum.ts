import type { Floats, Thread } from '../kernel-types'

/** √ Σ parts. Output [1]. */
export function rootOfSum(this: Thread<'elements'>, parts: Floats): number {
  let sum = 0
  for (let k = 0; k < this.constants.elements; k++) {
    sum += parts[k + this.thread.x]!
  }
  return Math.sqrt(sum)
}
