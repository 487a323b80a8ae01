import { bytesOf, writeCall } from './kernel-calls'
import type { LinearMemory } from './linear-memory'
import { callsOf, shares, type Step } from './work'

/** From where to where a thread's calls of one segment lie. */
export interface Stretch {
  start: number
  end: number
}

/** The calls of a program in the linear memory. */
export interface CallList {
  /** Threads that it is for. */
  threads: number
  /** Segments that come before the run is made to count; those behind can't be given up. */
  body: number
  /** Multiply-adds of the whole, roughly. */
  cost: number
  /** By thread and segment. */
  shares: readonly (readonly Stretch[])[]
  /** Address of the table of `shares`, as helper-threads.ts reads it. */
  table: number
  /** Address of the whole. */
  base: number
}

/** Writes the calls of each thread, segment by segment. */
export function callList({ order, segments, threads, body, memory }: {
  order: readonly Step[]; segments: readonly number[]; threads: number; body: number
  memory: Pick<LinearMemory, 'allocate' | 'ints' | 'floats'>
}): CallList {
  const count = Math.max(body, ...segments.map((segment) => segment + 1))
  const calls = Array.from({ length: threads }, () => Array.from({ length: count }, () => [] as (ReturnType<typeof callsOf>[number] & { condition: number })[]))
  for (const [index, step] of order.entries()) {
    for (const part of shares(step.split, threads)) {
      const condition = step.condition?.address ?? 0
      for (const one of callsOf(step, part, threads)) calls[part.thread]![segments[index]!]!.push({ ...one, condition })
    }
  }
  const tableBytes = 4 + threads * count * 8
  const bytes = calls.flat(2).reduce((sum, { call }) => sum + bytesOf(call), tableBytes)
  const base = memory.allocate(bytes)
  const { ints, floats } = memory
  let at = base + tableBytes
  let row = base / 4
  ints[row++] = count
  const found = calls.map((ofThread) => ofThread.map((ofSegment) => {
    const start = at
    for (const { call, cost, condition } of ofSegment) {
      writeCall(ints, floats, at / 4, call, condition, cost)
      at += bytesOf(call)
    }
    ints[row++] = start
    ints[row++] = at
    return { start, end: at }
  }))
  return { threads, body, cost: order.reduce((sum, step) => sum + step.cost, 0), shares: found, table: base, base }
}
