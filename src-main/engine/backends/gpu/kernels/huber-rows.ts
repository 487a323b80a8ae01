import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number

/** Σ_k of ½d² where |d| ≤ 1, else |d| − ½, d = output − target, of valid rows, 0 of the others. Output [steps · batch]. */
export function huberRows(
  this: Thread<'width' | 'batch'>,
  output: Floats, outputAt: number, targets: Floats, targetsAt: number, lengths: Floats,
): number {
  const step = quotient(this.thread.x, this.constants.batch)
  const row = this.thread.x - step * this.constants.batch
  const start = this.thread.x * this.constants.width
  let sum = 0
  if (step < lengths[row]!) {
    for (let k = 0; k < this.constants.width; k++) {
      const error = Math.abs(output[outputAt + start + k]! - targets[targetsAt + start + k]!)
      let loss = 0.5 * error * error
      if (error > 1) loss = error - 0.5
      sum += loss
    }
  }
  return sum
}
