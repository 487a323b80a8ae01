import { UnrollError } from '@shared/errors'
import type { Lengths, Sequence, Tensor, Tokens } from '../backend'
import type { SequenceStore } from './sequence-store'
import type { Buffer, View } from './plan'
import { copy } from './kernels/copy'
import type { Plan } from './plan'

/** A tensor, and where it is found; a slot's tensor moves when its sequence is put together, hence a function. */
export class GpuTensor implements Tensor {
  constructor(readonly shape: readonly number[], private readonly find: () => View) {}

  get view(): View {
    return this.find()
  }
}

export class GpuSequence implements Sequence {
  constructor(readonly store: SequenceStore, readonly steps: number, readonly batch: number, readonly width: number, readonly from = 0) {}

  at(step: number): Tensor {
    if (!(step >= 0 && step < this.steps)) {
      throw new UnrollError('internal.shape', `Time step ${step} is outside a sequence of ${this.steps} steps.`)
    }
    return new GpuTensor([this.batch, this.width], () => this.store.step(this.from + step))
  }

  slice(from: number, to: number): Sequence {
    if (!(from >= 0 && from < to && to <= this.steps)) {
      throw new UnrollError('internal.shape', `Steps ${from} to ${to} are no stretch of a sequence of ${this.steps} steps.`)
    }
    return new GpuSequence(this.store, to - from, this.batch, this.width, this.from + from)
  }

  /** All its steps in one stretch. */
  get view(): View {
    return this.store.stretch(this.from, this.steps)
  }
}

export class GpuTokens implements Tokens {
  /** Ids must be below every bound that a use sets. */
  constructor(readonly buffer: Buffer, readonly input: TokensInput, readonly steps: number, readonly batch: number) {}
}

/** What the host derives from an input of token ids at each run. */
export interface TokensInput {
  readonly name: string
  below: number
}

export class GpuLengths implements Lengths {
  constructor(readonly buffer: Buffer, readonly batch: number) {}
}

export function gpuTensor(tensor: Tensor, what: string, shape?: readonly number[]): GpuTensor {
  if (!(tensor instanceof GpuTensor)) throw foreign(what)
  if (shape) expectShape(what, tensor.shape, shape)
  return tensor
}

export function gpuSequence(sequence: Sequence, what: string, shape?: readonly [steps: number, batch: number, width: number]): GpuSequence {
  if (!(sequence instanceof GpuSequence)) throw foreign(what)
  if (shape) expectShape(what, [sequence.steps, sequence.batch, sequence.width], shape)
  return sequence
}

export function gpuTokens(tokens: Tokens, what: string, steps: number, batch: number): GpuTokens {
  if (!(tokens instanceof GpuTokens)) throw foreign(what)
  expectShape(what, [tokens.steps, tokens.batch], [steps, batch])
  return tokens
}

export function gpuLengths(lengths: Lengths, batch: number): Buffer {
  if (!(lengths instanceof GpuLengths)) throw foreign('the lengths')
  expectShape('the lengths', [lengths.batch], [batch])
  return lengths.buffer
}

/** A buffer that holds exactly this stretch; copied where it doesn't. */
export function alone(plan: Plan, view: View, size: number): Buffer {
  return view.offset === 0 && view.buffer.elements === size ? view.buffer : plan.call(copy, size, [view.buffer, view.offset])
}

export function expectShape(what: string, found: readonly number[], expected: readonly number[]): void {
  if (found.length !== expected.length || found.some((side, axis) => side !== expected[axis])) {
    throw new UnrollError('shape.mismatch', `Expected ${what} to have shape [${expected.join(', ')}], found [${found.join(', ')}].`)
  }
}

export function sizeError(what: string, name: string, expected: number, found: number): UnrollError {
  return new UnrollError('shape.mismatch', `${what} should hold ${expected} numbers but holds ${found}.`, { where: { parameter: name } })
}

function foreign(what: string): UnrollError {
  return new UnrollError('internal.foreign-handle', `What was given as ${what} belongs to another backend.`)
}
