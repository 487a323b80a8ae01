import type { Floats, Thread } from '../kernel-types'

/**
 * Stretches of up to seven buffers one after the other: with its output, the eight buffers a kernel may have.
 * `endN`: where stretch N ends in the output; `atN`: where it starts in its buffer.
 */
export function concat(
  this: Thread<'end0' | 'end1' | 'end2' | 'end3' | 'end4' | 'end5'>,
  b0: Floats, at0: number, b1: Floats, at1: number, b2: Floats, at2: number, b3: Floats, at3: number,
  b4: Floats, at4: number, b5: Floats, at5: number, b6: Floats, at6: number,
): number {
  let value = 0
  if (this.thread.x < this.constants.end0) {
    value = b0[at0 + this.thread.x]!
  } else if (this.thread.x < this.constants.end1) {
    value = b1[at1 + this.thread.x - this.constants.end0]!
  } else if (this.thread.x < this.constants.end2) {
    value = b2[at2 + this.thread.x - this.constants.end1]!
  } else if (this.thread.x < this.constants.end3) {
    value = b3[at3 + this.thread.x - this.constants.end2]!
  } else if (this.thread.x < this.constants.end4) {
    value = b4[at4 + this.thread.x - this.constants.end3]!
  } else if (this.thread.x < this.constants.end5) {
    value = b5[at5 + this.thread.x - this.constants.end4]!
  } else {
    value = b6[at6 + this.thread.x - this.constants.end5]!
  }
  return value
}
