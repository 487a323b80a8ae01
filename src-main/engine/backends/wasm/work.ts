import { Block, type WasmLengths, type WasmSequence, type WasmTensor, type WasmTokens } from './handles'
import type { KernelCall } from './kernel-calls'

/** About how many multiply-adds one kernel call may take: some 10 ms, so that a run can be given up in time. */
export const CALL_BUDGET = 2 ** 27

/** Anything that lies in a block. */
export type Placed = Block | WasmTensor | WasmSequence | WasmTokens | WasmLengths

export const blockOf = (placed: Placed): Block => (placed instanceof Block ? placed : placed.block)

/**
 * How a step's work may be shared between threads, never with a difference in its result.
 * `batch`: by rows of the batch. A step touches nothing of other rows in any block that such steps write, so that a thread
 * goes through all time steps of its rows without waiting for another.
 * `count`: by anything else that can be cut, in units of `unit`: rows of a result, columns, elements, time steps.
 */
export type Split = { batch: number } | { count: number; unit?: number }

/** What one thread does of a step, or one call of it. */
export interface Part {
  from: number
  to: number
  thread: number
}

export interface Work {
  /** Rough multiply-adds of the whole step. */
  cost: number
  reads: readonly (Placed | null)[]
  writes: readonly Placed[]
  /** Left out: the first thread does it. */
  split?: Split
  /** Whether `calls` itself keeps each call within CALL_BUDGET; else it is asked for parts that do. */
  bounded?: boolean
  /** Asked when all addresses are known. */
  calls(part: Part): KernelCall | readonly KernelCall[]
}

/** A step of a program, with the word that must not be 0 for it to be made. */
export interface Step extends Work {
  condition: Condition | null
}

/** A step that is left out while the variable it reads is what it was. */
export interface Condition {
  source: Block
  /** Version of the source for which the step was last made. */
  version: number
  /** Address of the word. */
  address: number
}

/** Rows of the batch that are computed together: a thread gets whole tiles of them where there are enough. */
const TILE = 4

const countOf = (split: Split | undefined): number => (split === undefined ? 1 : 'batch' in split ? split.batch : split.count)

function unitOf(split: Split | undefined, threads: number): number {
  if (split === undefined) return 1
  return 'batch' in split ? (split.batch >= TILE * threads ? TILE : 1) : split.unit ?? 1
}

/** The part of each thread: as equal as whole units allow; the first thread has everything where nothing is shared. */
export function shares(split: Split | undefined, threads: number): Part[] {
  const [count, unit] = [countOf(split), unitOf(split, threads)]
  const units = Math.ceil(count / unit)
  const bound = (thread: number) => (split === undefined && thread > 0 ? count : Math.min(count, Math.round(units * thread / threads) * unit))
  return Array.from({ length: threads }, (_, thread) => ({ from: bound(thread), to: thread + 1 === threads ? count : bound(thread + 1), thread }))
}

/** Cuts a part into calls of at most CALL_BUDGET. @param cost of the whole step */
export function callsOf(work: Work, part: Part, threads: number): { call: KernelCall; cost: number }[] {
  const { split, cost } = work
  const [count, unit] = [countOf(split), unitOf(split, threads)]
  const costOf = (rows: number) => cost * rows / count
  const most = work.bounded ? Infinity : Math.max(1, Math.floor(CALL_BUDGET / costOf(unit))) * unit
  const found: { call: KernelCall; cost: number }[] = []
  for (let from = part.from; from < part.to; from += most) {
    const to = Math.min(part.to, from + most)
    const calls = [work.calls({ ...part, from, to })].flat() as KernelCall[]
    for (const call of calls) found.push({ call, cost: costOf(to - from) / calls.length })
  }
  return found
}

/** What a part costs. */
export const costOfPart = ({ split, cost }: Work, { from, to }: Part): number => cost * (to - from) / countOf(split)

/** Steps of one pattern give each thread the same rows; see `Access.pattern`. */
export const patternOf = (split: Split | undefined): string | null =>
  (split === undefined ? 'first thread' : 'batch' in split ? `batch ${split.batch}` : null)
