import { UnrollError } from '@shared/errors'
import { concat } from './kernels/concat'
import type { Buffer, Plan, View } from './plan'

/** Where the steps of a sequence are. */
export interface SequenceStore {
  step(step: number): View
  /** Several steps one after the other in one buffer. */
  stretch(from: number, steps: number): View
}

/** All steps in one buffer from the start. */
export class PackedStore implements SequenceStore {
  constructor(private readonly view: View, private readonly stepSize: number) {}

  step(step: number): View {
    return { buffer: this.view.buffer, offset: this.view.offset + step * this.stepSize }
  }

  stretch(from: number): View {
    return this.step(from)
  }
}

/** Buffers that `concat` takes at once. */
const fanIn = 7

/**
 * Steps written one at a time, each by a kernel of its own, since a kernel writes its output whole.
 *
 * As soon as seven neighbours are written they are put together, and seven such blocks again, up to the whole sequence:
 * about T/6 copies in all, and the buffers of single steps are free to be used again soon after. (On WebGL2 a kernel is
 * compiled for each buffer it writes, so that matters.)
 */
export class SlotStore implements SequenceStore {
  /** levels[k][n]: the block of steps n·7ᵏ … (n+1)·7ᵏ − 1. */
  private readonly levels: (Buffer | undefined)[][] = []

  constructor(private readonly plan: Plan, steps: number, private readonly stepSize: number) {
    for (let blocks = steps; ; blocks = Math.ceil(blocks / fanIn)) {
      this.levels.push(new Array<Buffer | undefined>(blocks).fill(undefined))
      if (blocks === 1) break
    }
  }

  write(step: number, buffer: Buffer): void {
    if (this.levels[0]![step]) throw new UnrollError('internal.slot', `Slot ${step} of a sequence is written twice.`)
    this.levels[0]![step] = buffer
    let block = step
    for (let level = 1; level < this.levels.length; level++) {
      block = Math.floor(block / fanIn)
      const below = this.levels[level - 1]!.slice(block * fanIn, (block + 1) * fanIn)
      if (below.includes(undefined)) return
      this.levels[level]![block] = concatenate(this.plan, below as Buffer[])
    }
  }

  step(step: number): View {
    let block = step
    let found: View | undefined
    for (let level = 0; level < this.levels.length; level++) {
      const buffer = this.levels[level]![block]
      if (buffer) found = { buffer, offset: (step - block * fanIn ** level) * this.stepSize }
      block = Math.floor(block / fanIn)
    }
    if (!found) throw new UnrollError('internal.slot', `Slot ${step} of a sequence is read before it is written.`)
    return found
  }

  stretch(from: number, steps: number): View {
    const first = this.step(from)
    const last = this.step(from + steps - 1)
    if (first.buffer === last.buffer) return first
    // Not wholly written yet: put together what was asked for.
    const parts = this.levels[0]!.slice(from, from + steps)
    const missing = parts.indexOf(undefined)
    if (missing !== -1) throw new UnrollError('internal.slot', `Slot ${from + missing} of a sequence is read before it is written.`)
    return { buffer: concatenate(this.plan, parts as Buffer[]), offset: 0 }
  }
}

/** Buffers one after the other. */
export function concatenate(plan: Plan, buffers: readonly Buffer[]): Buffer {
  if (buffers.length === 1) return buffers[0]!
  if (buffers.length > fanIn) {
    const joined: Buffer[] = []
    for (let at = 0; at < buffers.length; at += fanIn) joined.push(concatenate(plan, buffers.slice(at, at + fanIn)))
    return concatenate(plan, joined)
  }
  const ends: number[] = []
  let end = 0
  for (const buffer of buffers) ends.push(end += buffer.elements)
  // Places past the last buffer repeat it and are never reached.
  const args = Array.from({ length: fanIn }, (_, index) => buffers[Math.min(index, buffers.length - 1)]!)
  const integers = Object.fromEntries(Array.from({ length: fanIn - 1 }, (_, index) => [`end${index}`, ends[index] ?? end]))
  return plan.call(concat, end, args, { integers })
}
