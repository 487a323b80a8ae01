import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number

/** rnnBackward plus what reaches h_{t-1} from its own output. */
export function rnnBackwardAdd(
  this: Thread<'hidden'>,
  delta: Floats, deltaAt: number, weight: Floats, gradient: Floats, gradientAt: number, addend: Floats, addendAt: number, lengths: Floats, step: number,
): number {
  const row = quotient(this.thread.x, this.constants.hidden)
  const unit = this.thread.x - row * this.constants.hidden
  const deltaStart = deltaAt + row * this.constants.hidden
  let sum = addend[addendAt + this.thread.x]!
  if (step >= lengths[row]!) {
    sum += gradient[gradientAt + this.thread.x]!
  }
  for (let j = 0; j < this.constants.hidden; j++) {
    sum += weight[j * this.constants.hidden + unit]! * delta[deltaStart + j]!
  }
  return sum
}
