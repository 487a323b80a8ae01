import { UnrollError } from '@shared/errors'
import type { Lengths, Sequence, Slot, Tensor, Tokens } from '@main/engine/backends/backend'

/** Which slots of a sequence made by `ops.sequence` have been written while the program was traced. */
type Written = boolean[]

/** A value of the oracle: plain Float64, row-major. */
export class OracleTensor implements Tensor {
  constructor(readonly shape: readonly number[], readonly data: Float64Array, readonly written: Written | null = null, readonly slot = 0) {}

  static of(shape: readonly number[]): OracleTensor {
    return new OracleTensor(shape, new Float64Array(shape.reduce((product, side) => product * side, 1)))
  }
}

export class OracleSequence implements Sequence {
  constructor(
    readonly steps: number, readonly batch: number, readonly width: number,
    readonly data: Float64Array, readonly written: Written | null = null, readonly first = 0,
  ) {}

  static of(steps: number, batch: number, width: number): OracleSequence {
    return new OracleSequence(steps, batch, width, new Float64Array(steps * batch * width))
  }

  at(step: number): OracleTensor {
    if (!Number.isInteger(step) || step < 0 || step >= this.steps) fault(`step ${step} of a sequence of ${this.steps}`)
    const size = this.batch * this.width
    return new OracleTensor([this.batch, this.width], this.data.subarray(step * size, (step + 1) * size), this.written, this.first + step)
  }

  slice(from: number, to: number): OracleSequence {
    if (from < 0 || to > this.steps || from >= to) fault(`steps ${from} to ${to} of a sequence of ${this.steps}`)
    const size = this.batch * this.width
    return new OracleSequence(to - from, this.batch, this.width, this.data.subarray(from * size, to * size), this.written, this.first + from)
  }
}

export class OracleTokens implements Tokens {
  readonly ids: Int32Array
  constructor(readonly steps: number, readonly batch: number) {
    this.ids = new Int32Array(steps * batch)
  }
}

export class OracleLengths implements Lengths {
  readonly values: Int32Array
  constructor(readonly batch: number) {
    this.values = new Int32Array(batch)
  }
}

export function fault(message: string): never {
  throw new UnrollError('shape.mismatch', `The traced program is wrong: ${message}.`)
}

export function expectShape(what: string, found: readonly number[], expected: readonly number[]): void {
  if (found.length !== expected.length || found.some((side, axis) => side !== expected[axis])) {
    fault(`${what} should be [${expected.join(', ')}] but is [${found.join(', ')}]`)
  }
}

/** The tensor behind a handle; refuses one whose slot nothing has written yet. */
export function tensor(handle: Tensor): OracleTensor {
  if (!(handle instanceof OracleTensor)) fault('a tensor of another backend')
  if (handle.written && !handle.written[handle.slot]) fault(`slot ${handle.slot} is read before it is written`)
  return handle
}

export function sequence(handle: Sequence): OracleSequence {
  if (!(handle instanceof OracleSequence)) fault('a sequence of another backend')
  if (handle.written) {
    for (let step = 0; step < handle.steps; step++) if (!handle.written[handle.first + step]) fault(`slot ${handle.first + step} is read before it is written`)
  }
  return handle
}

export function tokens(handle: Tokens): OracleTokens {
  return handle instanceof OracleTokens ? handle : fault('tokens of another backend')
}

export function lengths(handle: Lengths): OracleLengths {
  return handle instanceof OracleLengths ? handle : fault('lengths of another backend')
}

/** Marks a slot written and gives its tensor; each slot takes one writer. */
export function write(slot: Slot): OracleTensor {
  const target = slot.sequence
  if (!(target instanceof OracleSequence) || !target.written) fault('a slot of a sequence that ops.sequence did not make')
  const index = target.first + slot.step
  if (target.written[index]) fault(`slot ${index} is written twice`)
  const made = target.at(slot.step)
  target.written[index] = true
  return made
}
