import { UnrollError } from '@shared/errors'
import { concat } from './kernels/concat'
import type { Part, Plan, View } from './plan'

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
 * Steps written one at a time, each a stretch of some kernel's output, since a kernel writes its output whole.
 *
 * As soon as seven neighbours are written they are put together, and seven such blocks again, up to the whole sequence:
 * about T/6 copies in all, and the buffers of single steps are free to be used again soon after. (On WebGL2 a kernel is
 * compiled for each buffer it writes, so that matters.)
 */
export class SlotStore implements SequenceStore {
  /** levels[k][n]: the block of steps n·7ᵏ … (n+1)·7ᵏ − 1. */
  private readonly levels: (Part | undefined)[][] = []

  constructor(private readonly plan: Plan, steps: number, private readonly stepSize: number) {
    for (let blocks = steps; ; blocks = Math.ceil(blocks / fanIn)) {
      this.levels.push(new Array<Part | undefined>(blocks).fill(undefined))
      if (blocks === 1) break
    }
  }

  write(step: number, { buffer, offset }: View): void {
    if (this.levels[0]![step]) throw new UnrollError('internal.slot', `Slot ${step} of a sequence is written twice.`)
    this.levels[0]![step] = { buffer, offset, elements: this.stepSize }
    let block = step
    for (let level = 1; level < this.levels.length; level++) {
      block = Math.floor(block / fanIn)
      const below = this.levels[level - 1]!.slice(block * fanIn, (block + 1) * fanIn)
      if (below.includes(undefined)) return
      this.levels[level]![block] = concatenate(this.plan, below as Part[])
    }
  }

  step(step: number): View {
    const found = this.within(step, step)
    if (!found) throw new UnrollError('internal.slot', `Slot ${step} of a sequence is read before it is written.`)
    return found
  }

  stretch(from: number, steps: number): View {
    const found = this.within(from, from + steps - 1)
    if (found) return found
    // Not wholly written yet: put together what was asked for.
    const parts = this.levels[0]!.slice(from, from + steps)
    const missing = parts.indexOf(undefined)
    if (missing !== -1) throw new UnrollError('internal.slot', `Slot ${from + missing} of a sequence is read before it is written.`)
    return concatenate(this.plan, parts as Part[])
  }

  /** Steps first to last in the largest block that has them all; the smaller ones are then free. */
  private within(first: number, last: number): View | undefined {
    let found: View | undefined
    let [from, to] = [first, last]
    for (let level = 0; level < this.levels.length; level++) {
      const block = from === to ? this.levels[level]![from] : undefined
      if (block) found = { buffer: block.buffer, offset: block.offset + (first - from * fanIn ** level) * this.stepSize }
      from = Math.floor(from / fanIn)
      to = Math.floor(to / fanIn)
    }
    return found
  }
}

/** Stretches one after the other. */
export function concatenate(plan: Plan, parts: readonly Part[]): Part {
  if (parts.length === 1) return parts[0]!
  if (parts.length > fanIn) {
    const joined: Part[] = []
    for (let at = 0; at < parts.length; at += fanIn) joined.push(concatenate(plan, parts.slice(at, at + fanIn)))
    return concatenate(plan, joined)
  }
  const ends: number[] = []
  let end = 0
  for (const { elements } of parts) ends.push(end += elements)
  // Places past the last stretch repeat it and are never reached.
  const args = Array.from({ length: fanIn }, (_, index) => parts[Math.min(index, parts.length - 1)]!).flatMap(({ buffer, offset }) => [buffer, offset])
  const integers = Object.fromEntries(Array.from({ length: fanIn - 1 }, (_, index) => [`end${index}`, ends[index] ?? end]))
  return { buffer: plan.call(concat, end, args, { integers }), offset: 0, elements: end }
}
