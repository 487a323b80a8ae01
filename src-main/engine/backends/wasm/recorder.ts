import { FreeList } from './free-list'
import { Block, fault, type WasmLengths, type WasmSequence, WasmTensor, type WasmTokens } from './handles'
import type { Kernels } from './kernel-module'

/** About how many multiply-adds one kernel call may take: some 10 ms, so that a run can be given up in time. */
export const CALL_BUDGET = 2 ** 27

type Call = () => void

/** Anything that lies in a block. */
type Placed = Block | WasmTensor | WasmSequence | WasmTokens | WasmLengths

interface Step {
  cost: number
  bind: () => Call
}

export interface Input {
  block: Block
  /** Numbers it holds. */
  count: number
  kind: 'float' | 'int'
}

/** What tracing leaves: calls to make one after the other, and how much memory they need. */
export interface Recording {
  calls: Call[]
  /** Rough multiply-adds of each call. */
  costs: Float64Array
  inputs: ReadonlyMap<string, Input>
}

/**
 * Collects the kernel calls of a program while it is traced. Addresses are not known yet then: a step says which blocks
 * it touches, and gives its call once they have been laid out, so that blocks never in use together share memory.
 */
export class Recorder {
  private readonly steps: Step[] = []
  private readonly blocks = new Set<Block>()
  private readonly inputs = new Map<string, Input>()
  private readonly packs = new Map<Block, Map<string, Block>>()

  constructor(readonly kernels: Kernels) {}

  block(bytes: number): Block {
    const block = new Block(bytes)
    this.blocks.add(block)
    return block
  }

  tensor(shape: readonly number[]): WasmTensor {
    return new WasmTensor([...shape], this.block(shape.reduce((product, side) => product * side, 4)))
  }

  input(name: string, count: number, kind: 'float' | 'int'): Block {
    if (this.inputs.has(name)) fault(`two inputs are called "${name}"`)
    const block = this.block(count * 4)
    block.first = -1
    this.inputs.set(name, { block, count, kind })
    return block
  }

  /** Adds a step. `bind` is called once, when all addresses are known. */
  step(cost: number, touched: readonly Placed[], bind: () => Call): void {
    for (const placed of touched) this.touch(placed instanceof Block ? placed : placed.block)
    this.steps.push({ cost, bind })
  }

  /** Keeps what is read after the run from being written over. */
  keep(tensor: WasmTensor | WasmSequence): void {
    tensor.block.last = Infinity
  }

  /**
   * A rearranged copy of a weight, made at its first use in a run; that of a variable only when the variable has changed since.
   * @param how names the arrangement
   */
  packed(weight: WasmTensor, how: string, bytes: number, cost: number, pack: (from: number, to: number) => void): Block {
    const known = this.packs.get(weight.block) ?? new Map<string, Block>()
    this.packs.set(weight.block, known)
    const key = `${how} ${weight.offset} ${weight.shape.join(' ')}`
    const earlier = known.get(key)
    if (earlier) return earlier
    const block = this.block(bytes)
    known.set(key, block)
    if (weight.block.version !== null) [block.first, block.last] = [-1, Infinity]
    this.step(cost, [weight, block], () => {
      const [source, from, to] = [weight.block, weight.address, block.address]
      if (source.version === null) return () => { pack(from, to) }
      let version = -1
      return () => {
        if (source.version === version) return
        pack(from, to)
        version = source.version!
      }
    })
    return block
  }

  /** Lays the blocks out from `allocate(bytes)` on and gives the calls. */
  finish(allocate: (bytes: number) => number): Recording {
    const bytes = this.layOut()
    const base = allocate(bytes)
    for (const block of this.blocks) block.address += base
    return {
      calls: this.steps.map((step) => step.bind()),
      costs: Float64Array.from(this.steps, (step) => step.cost),
      inputs: this.inputs,
    }
  }

  private touch(block: Block): void {
    if (!this.blocks.has(block)) return
    block.first = Math.min(block.first, this.steps.length)
    block.last = Math.max(block.last, this.steps.length)
  }

  /** Gives each block the lowest place free from its first use to its last; answers with the bytes needed in all. */
  private layOut(): number {
    const arena = new FreeList(0)
    const starting = new Map<number, Block[]>()
    const ending = new Map<number, Block[]>()
    for (const block of this.blocks) {
      if (block.first === Infinity) block.first = -1
      push(starting, block.first, block)
      push(ending, block.last, block)
    }
    for (let at = -1; at < this.steps.length; at++) {
      for (const block of starting.get(at) ?? []) block.address = arena.take(block.bytes)
      // A block that no step touches still takes its input.
      for (const block of at < 0 ? [] : ending.get(at) ?? []) arena.give(block.address)
    }
    return arena.end
  }
}

function push(map: Map<number, Block[]>, key: number, block: Block): void {
  const list = map.get(key)
  if (list) list.push(block)
  else map.set(key, [block])
}
