import { Block, fault, type WasmSequence, WasmTensor } from './handles'
import { callList, type CallList } from './call-list'
import type { KernelCall } from './kernel-calls'
import type { Kernels } from './kernel-module'
import { layOut } from './layout'
import type { LinearMemory } from './linear-memory'
import { segmentsOf } from './schedule'
import { blockOf, costOfPart, patternOf, shares, type Condition, type Step, type Work } from './work'

/** What one barrier costs, in multiply-adds: some 3 µs. */
const BARRIER = 2 ** 16
/** Threads have to make at least this of a program's time, or the first does it alone. */
const WORTHWHILE = 0.85

export interface Input {
  block: Block
  /** Numbers it holds. */
  count: number
  kind: 'float' | 'int'
}

/** What tracing leaves: the calls of a program, and what they read. */
export interface Recording {
  /** The calls of one thread that does it all: whole, since cut ones cost more. */
  alone: CallList
  /** The calls of each of several threads; null where one does it as fast. Both work on the same blocks, to the same bits. */
  shared: CallList | null
  conditions: readonly Condition[]
  inputs: ReadonlyMap<string, Input>
}

/**
 * Collects the kernel calls of a program while it is traced. Addresses are not known yet then: a step says which blocks
 * it touches, and gives its calls once they have been laid out, so that blocks never in use together share memory.
 */
export class Recorder {
  private readonly steps: Step[] = []
  private readonly last: Step[] = []
  private readonly blocks = new Set<Block>()
  private readonly inputs = new Map<string, Input>()
  private readonly packs = new Map<Block, Map<string, Block>>()
  private readonly conditions: Condition[] = []

  /** @param threads how many there are to share the work at most   @param shareAll whether they do however little there is */
  constructor(readonly kernels: Kernels, private readonly threads: number, private readonly shareAll = false) {}

  block(bytes: number): Block {
    const block = new Block(bytes)
    this.blocks.add(block)
    return block
  }

  /** A block that each thread has of its own; `Part.thread` says which of them, `stride` bytes apart. */
  workspace(bytes: number): { block: Block; stride: number } {
    const stride = Math.ceil(bytes / 64) * 64
    return { block: this.block(stride * this.threads), stride }
  }

  tensor(shape: readonly number[]): WasmTensor {
    return new WasmTensor([...shape], this.block(shape.reduce((product, side) => product * side, 4)))
  }

  /** A tensor [batch, width] of one time step, which only steps shared by rows of the batch touch. */
  rows(batch: number, width: number): WasmTensor {
    const tensor = this.tensor([batch, width])
    tensor.block.rows = `${batch} × ${width}`
    return tensor
  }

  /** Whether threads have rows enough of the batch to share a whole sequence by them. */
  byRows(batch: number): boolean {
    return this.threads > 1 && batch >= 4 * this.threads
  }

  input(name: string, count: number, kind: 'float' | 'int'): Block {
    if (this.inputs.has(name)) fault(`two inputs are called "${name}"`)
    const block = this.block(count * 4)
    block.first = -1
    this.inputs.set(name, { block, count, kind })
    return block
  }

  step(work: Work): void {
    this.steps.push({ ...work, condition: null })
  }

  /** A step behind all others, made only when the run is to count: from then on it can't be given up. */
  commit(work: Work): void {
    this.last.push({ ...work, condition: null })
  }

  /** Keeps what is read after the run from being written over. */
  keep(tensor: WasmTensor | WasmSequence): void {
    tensor.block.last = Infinity
  }

  /**
   * A rearranged copy of a weight, made at its first use in a run; that of a variable only when the variable has changed since.
   * @param how names the arrangement
   */
  packed(weight: WasmTensor, how: string, bytes: number, { cost, split, calls }: Pick<Work, 'cost' | 'split'> & { calls: (from: number, to: number, part: { from: number; to: number }) => KernelCall }): Block {
    const known = this.packs.get(weight.block) ?? new Map<string, Block>()
    this.packs.set(weight.block, known)
    const key = `${how} ${weight.offset} ${weight.shape.join(' ')}`
    const earlier = known.get(key)
    if (earlier) return earlier
    const block = this.block(bytes)
    known.set(key, block)
    const source = weight.block
    let condition: Condition | null = null
    if (source.version !== null) {
      [block.first, block.last] = [-1, Infinity]
      condition = { source, version: -1, address: 0 }
      this.conditions.push(condition)
    }
    this.steps.push({ cost, reads: [weight], writes: [block], split, condition, calls: (part) => calls(weight.address, block.address, part) })
    return block
  }

  /** Lays the blocks out from `allocate(bytes)` on and gives the calls. */
  finish(allocate: (bytes: number) => number, memory: Pick<LinearMemory, 'allocate' | 'ints' | 'floats'>): Recording {
    const { conditions, inputs } = this
    const words = this.block(conditions.length * 4)
    ;[words.first, words.last] = [-1, Infinity]
    const { order, segments, threads, body } = this.plan()
    // A run that has lost a thread is made again from its inputs.
    if (threads > 1) for (const { block } of inputs.values()) block.last = Infinity
    const bytes = layOut(this.blocks, order, segments, threads)
    const base = allocate(bytes)
    for (const block of this.blocks) block.address += base
    conditions.forEach((condition, index) => { condition.address = words.address + index * 4 })
    const alone = callList({ order, segments: segments.map((segment) => (segment < body ? 0 : 1)), threads: 1, body: 1, memory })
    return { alone, shared: threads > 1 ? callList({ order, segments, threads, body, memory }) : null, conditions, inputs }
  }

  /** The steps in the order of their segments, and whether several threads share them. */
  private plan(): { order: Step[]; segments: number[]; threads: number; body: number } {
    const { steps, last } = this
    const access = (step: Step) => ({ pattern: patternOf(step.split), reads: step.reads.flatMap((placed) => placed ? [blockOf(placed)] : []), writes: step.writes.map(blockOf) })
    const alone = { order: [...steps, ...last], segments: [...steps.map(() => 0), ...last.map(() => 1)], threads: 1, body: 1 }
    if (this.threads === 1) return alone
    const inBody = segmentsOf(steps.map(access))
    const body = inBody.reduce((most, segment) => Math.max(most, segment + 1), 1)
    const segments = [...inBody, ...segmentsOf(last.map(access), body)]
    const order = [...steps, ...last].map((step, index) => ({ step, segment: segments[index]!, index })).sort((a, b) => a.segment - b.segment || a.index - b.index)
    const costs: number[][] = []
    let whole = 0
    for (const { step, segment } of order) {
      whole += step.cost
      const times = costs[segment] ??= new Array<number>(this.threads).fill(0)
      for (const part of shares(step.split, this.threads)) times[part.thread]! += costOfPart(step, part)
    }
    const shared = costs.reduce((sum, times) => sum + Math.max(...times) + BARRIER, 0)
    if (shared > WORTHWHILE * whole && !this.shareAll) return alone
    return { order: order.map(({ step }) => step), segments: order.map(({ segment }) => segment), threads: this.threads, body }
  }
}
