import type { Floats, Thread } from '../kernel-types'

/** Up to seven buffers one after the other: with its output, the eight a kernel may have. `endN`: where buffer N ends. */
export function concat(
  this: Thread<'end0' | 'end1' | 'end2' | 'end3' | 'end4' | 'end5'>,
  b0: Floats, b1: Floats, b2: Floats, b3: Floats, b4: Floats, b5: Floats, b6: Floats,
): number {
  let value = 0
  if (this.thread.x < this.constants.end0) {
    value = b0[this.thread.x]!
  } else if (this.thread.x < this.constants.end1) {
    value = b1[this.thread.x - this.constants.end0]!
  } else if (this.thread.x < this.constants.end2) {
    value = b2[this.thread.x - this.constants.end1]!
  } else if (this.thread.x < this.constants.end3) {
    value = b3[this.thread.x - this.constants.end2]!
  } else if (this.thread.x < this.constants.end4) {
    value = b4[this.thread.x - this.constants.end3]!
  } else if (this.thread.x < this.constants.end5) {
    value = b5[this.thread.x - this.constants.end4]!
  } else {
    value = b6[this.thread.x - this.constants.end5]!
  }
  return value
}
