import type { Floats, Thread } from '../kernel-types'

/** Each element brought into −limit … limit; NaN stays NaN, which min and max of a GPU don't promise. */
export function clipValue(this: Thread<'limit'>, values: Floats, valuesAt: number): number {
  let value = values[valuesAt + this.thread.x]!
  if (value > this.constants.limit) {
    value = this.constants.limit
  }
  if (value < -this.constants.limit) {
    value = -this.constants.limit
  }
  return value
}
