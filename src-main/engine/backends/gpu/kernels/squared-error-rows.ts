import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number

/** Σ_k (output[r,k] − target[r,k])² of valid rows, 0 of the others. Output [steps · batch]. */
export function squaredErrorRows(
  this: Thread<'width' | 'batch'>,
  output: Floats, outputAt: number, targets: Floats, targetsAt: number, lengths: Floats,
): number {
  const step = quotient(this.thread.x, this.constants.batch)
  const row = this.thread.x - step * this.constants.batch
  const start = this.thread.x * this.constants.width
  let sum = 0
  if (step < lengths[row]!) {
    for (let k = 0; k < this.constants.width; k++) {
      const error = output[outputAt + start + k]! - targets[targetsAt + start + k]!
      sum += error * error
    }
  }
  return sum
}
