import { UnrollError } from '@shared/errors'
import type { TaskSpec } from '@shared/experiment/schema'
import type { Part, PreparedData, TokenIds } from './prepared-data'

/** One part of the data, whatever its form: flat arrays addressed by position (a time step of a stream or of a sequence). */
export interface Source {
  input: 'tokens' | 'values'
  target: 'classes' | 'values'
  inputSize: number
  outputSize: number
  /** Token ids, or rows of `inputSize`. */
  inputs: TokenIds | Float32Array
  /** Class ids, or rows of `outputSize`. */
  targets: TokenIds | Float32Array
  /** Positions that have both an input and a target. */
  positions: number
  /** First position of each series of a stream that holds several; null: one. No window crosses from one to the next. */
  starts: Int32Array | null
  /** Sequence sets: where each sequence starts and how long it is; null for streams. */
  sequences: { count: number; steps: number; lengths: Int32Array | null } | null
  /** The target of a whole row that starts at a position and has this many steps (last-step). */
  lastTarget(start: number, length: number): number
}

/**
 * @throws UnrollError `dataset.invalid` when a token, class or length is out of range, or an array doesn't fit the others
 */
export function sourceOf(data: PreparedData, part: Part, output: TaskSpec['output']): Source {
  if (data.form === 'tokens') {
    const ids = data[part]
    expectBelow(ids, data.vocabulary, `a token of the ${part} part`)
    return {
      input: 'tokens', target: 'classes', inputSize: data.vocabulary, outputSize: data.vocabulary, inputs: ids, targets: ids.subarray(1),
      positions: Math.max(0, ids.length - 1), starts: null, sequences: null, lastTarget: (start, length) => start + length - 1,
    }
  }
  if (data.form === 'values') {
    const { rows, inputs, targets, starts } = data[part]
    expectCount(inputs.length, rows * data.inputSize, `inputs of the ${part} part`)
    expectCount(targets.length, rows * data.outputSize, `targets of the ${part} part`)
    return {
      input: 'values', target: 'values', inputSize: data.inputSize, outputSize: data.outputSize, inputs, targets,
      positions: rows, starts: starts !== undefined && starts.length > 1 ? starts : null, sequences: null, lastTarget: (start, length) => start + length - 1,
    }
  }
  if (data.form === 'pairs') throw new UnrollError('experiment.mismatch', 'Pairs of sequences are read by an encoder and a decoder.', { hint: 'Set task.output to "sequence".', where: { parameter: 'task.output' } })
  const { count, x, y, lengths } = data[part]
  const { steps, inputSize, outputSize } = data
  expectCount(x.length, count * steps * (data.input === 'tokens' ? 1 : inputSize), `inputs of the ${part} part`)
  expectCount(y.length, count * (output === 'last-step' ? 1 : steps) * (data.target === 'classes' ? 1 : outputSize), `targets of the ${part} part`)
  if (lengths) {
    expectCount(lengths.length, count, `lengths of the ${part} part`)
    lengths.forEach((length, index) => {
      if (length < 1 || length > steps) invalid(`Sequence ${index} of the ${part} part should have 1 to ${steps} steps but has ${length}.`)
    })
  }
  if (data.input === 'tokens') expectBelow(x, inputSize, `a token of the ${part} part`)
  if (data.target === 'classes') expectValidClasses(y, lengths, output === 'last-step' ? 1 : steps, outputSize, part)
  return {
    input: data.input, target: data.target, inputSize, outputSize, inputs: x, targets: y,
    positions: count * steps, starts: null, sequences: { count, steps, lengths }, lastTarget: (start) => start / steps,
  }
}

/** Classes past a sequence's length may be anything (padding), as they are never read. */
function expectValidClasses(y: ArrayLike<number>, lengths: Int32Array | null, steps: number, classes: number, part: Part): void {
  for (let index = 0; index < y.length; index++) {
    const valid = steps === 1 || index % steps < (lengths?.[Math.floor(index / steps)] ?? steps)
    if (valid && !(y[index]! >= 0 && y[index]! < classes)) invalid(`A class of the ${part} part should be 0 to ${classes - 1} but element ${index} is ${y[index]}.`)
  }
}

export function expectBelow(ids: ArrayLike<number>, limit: number, what: string): void {
  for (let index = 0; index < ids.length; index++) {
    if (!(ids[index]! >= 0 && ids[index]! < limit)) invalid(`Every ${what.replace(/^a /, '')} should be 0 to ${limit - 1} but element ${index} is ${ids[index]}.`)
  }
}

function expectCount(found: number, expected: number, what: string): void {
  if (found !== expected) invalid(`The ${what} should be ${expected} numbers but are ${found}.`)
}

function invalid(message: string): never {
  throw new UnrollError('dataset.invalid', message, { hint: 'Check the shapes and the ranges of the tensors; token ids and classes count from 0.' })
}
