import { UnrollError } from '@shared/errors'
import type { Lengths, Sequence, Slot, Tensor, Tokens } from '../backend'

/** A stretch of memory of a program or a variable. Its address is fixed after tracing, before the first run. */
export class Block {
  address = 0
  /** A variable's: counts its changes, so that what was packed from it is known to be stale. Null: a program's own. */
  version: number | null = null
  /** First and last step of the program that touch it; laid out by these. */
  first = Infinity
  last = -Infinity
  /** Shape of a tensor of one time step that only steps shared by rows of the batch touch; see layout.ts. */
  rows: string | null = null

  constructor(readonly bytes: number) {}
}

/** Which slots of a sequence made by `ops.sequence` have been written; null where a kernel writes the sequence whole. */
type Written = boolean[] | null

export class WasmTensor implements Tensor {
  constructor(
    readonly shape: readonly number[], readonly block: Block, readonly offset = 0,
    readonly name: string | null = null, readonly written: Written = null, readonly slot = 0,
  ) {}

  get size(): number {
    return sizeOf(this.shape)
  }

  get address(): number {
    return this.block.address + this.offset
  }

  /** Rows from..to-1, or numbers of a vector, without copying. */
  rows(from: number, to: number): WasmTensor {
    const rest = this.shape.slice(1)
    return new WasmTensor([to - from, ...rest], this.block, this.offset + sizeOf(rest) * from * 4, this.name, this.written, this.slot)
  }

  /** The columns from one on, each row still as wide as it was; for kernels that take a row's stride. */
  columnsFrom(column: number): WasmTensor {
    const [rows, width] = this.shape as [number, number]
    return new WasmTensor([rows, width - column], this.block, this.offset + column * 4, this.name, this.written, this.slot)
  }
}

export class WasmSequence implements Sequence {
  constructor(
    readonly steps: number, readonly batch: number, readonly width: number, readonly block: Block, readonly offset = 0,
    readonly name: string | null = null, readonly written: Written = null, readonly first = 0,
  ) {}

  get rows(): number {
    return this.steps * this.batch
  }

  get size(): number {
    return this.rows * this.width
  }

  get address(): number {
    return this.block.address + this.offset
  }

  at(step: number): WasmTensor {
    if (!Number.isInteger(step) || step < 0 || step >= this.steps) fault(`step ${step} of a sequence of ${this.steps} steps is asked for`)
    return new WasmTensor([this.batch, this.width], this.block, this.offset + this.bytesTo(step), this.name, this.written, this.first + step)
  }

  slice(from: number, to: number): WasmSequence {
    if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || to > this.steps || from >= to) {
      fault(`steps ${from} to ${to} of a sequence of ${this.steps} steps are asked for`)
    }
    return new WasmSequence(to - from, this.batch, this.width, this.block, this.offset + this.bytesTo(from), this.name, this.written, this.first + from)
  }

  private bytesTo(step: number): number {
    return step * this.batch * this.width * 4
  }
}

export class WasmTokens implements Tokens {
  constructor(readonly steps: number, readonly batch: number, readonly block: Block) {}
}

export class WasmLengths implements Lengths {
  constructor(readonly batch: number, readonly block: Block) {}
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1)

/** The tensor behind a handle, which must have been written by now. */
export function tensorOf(handle: Tensor, what: string, shape?: readonly number[]): WasmTensor {
  if (!(handle instanceof WasmTensor)) fault(`${what} belongs to another backend`)
  if (handle.written && !handle.written[handle.slot]) fault(`${what} reads slot ${handle.slot} before it is written`)
  if (shape) expectShape(handle.name === null ? what : `${what} "${handle.name}"`, shape, handle.shape)
  return handle
}

/** The sequence behind a handle, all of whose slots must have been written by now. @param shape steps, batch, width; null: any */
export function sequenceOf(handle: Sequence, what: string, shape: readonly (number | null)[] = [null, null, null]): WasmSequence {
  if (!(handle instanceof WasmSequence)) fault(`${what} belongs to another backend`)
  const missing = handle.written?.slice(handle.first, handle.first + handle.steps).indexOf(false) ?? -1
  if (missing >= 0) fault(`${what} reads slot ${handle.first + missing} before it is written`)
  const found = [handle.steps, handle.batch, handle.width]
  expectShape(handle.name === null ? what : `${what} "${handle.name}"`, shape.map((side, axis) => side ?? found[axis]!), found)
  return handle
}

export function tokensOf(handle: Tokens, what: string, steps: number, batch: number): WasmTokens {
  if (!(handle instanceof WasmTokens)) fault(`${what} belong to another backend`)
  expectShape(what, [steps, batch], [handle.steps, handle.batch])
  return handle
}

export function lengthsOf(handle: Lengths, batch: number): WasmLengths {
  if (!(handle instanceof WasmLengths)) fault('the lengths belong to another backend')
  expectShape('lengths', [batch], [handle.batch])
  return handle
}

/** The tensor of a slot, which is marked as written; a slot takes one writer. */
export function slotOf({ sequence, step }: Slot, shape: readonly number[]): WasmTensor {
  if (!(sequence instanceof WasmSequence) || !sequence.written) fault('a slot belongs to a sequence that ops.sequence did not make')
  const target = sequence.at(step)
  expectShape(`slot ${step}`, shape, target.shape)
  if (sequence.written[target.slot]) fault(`slot ${target.slot} is written twice`)
  sequence.written[target.slot] = true
  return target
}

export function expectShape(what: string, expected: readonly number[], found: readonly number[]): void {
  if (expected.length === found.length && expected.every((side, axis) => side === found[axis])) return
  fault(`${what} should be [${expected.join(', ')}] but is [${found.join(', ')}]`)
}

export function fault(what: string): never {
  throw new UnrollError('shape.mismatch', `The program can't be traced: ${what}.`)
}
