import type { Floats, Thread } from '../kernel-types'

/** scale · Σ parts. Output [1]. */
export function scaledSum(this: Thread<'elements'>, parts: Floats, scale: Floats, scaleAt: number): number {
  let sum = 0
  for (let k = 0; k < this.constants.elements; k++) {
    sum += parts[k + this.thread.x]!
  }
  return sum * scale[scaleAt]!
}
