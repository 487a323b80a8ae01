import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { UnrollError } from '@shared/errors'
import type { DataSpec, TaskSpec } from '@shared/experiment/schema'
import type { SplitPart } from '@shared/rpc/schemas'
import { majorityBaseline, meanBaseline } from '../../engine/baselines/class-baselines'
import type { SequencePart } from '../../engine/training/prepared-data'
import { fileError, fileSize, throwIfCancelled } from '../files'
import type { PreparedDataset, ReadOptions } from '../prepared-dataset'
import { classesWithoutTraining } from '../records/group-split'
import { splitOf } from '../records/padded-rows'
import type { Parts } from '../records/stratified-split'
import { splitInOrder, splitParts } from '../split'
import { partsOf } from '../splits/parts-of'
import { checkTensors, type CheckedTensors } from './check-tensors'
import type { TensorReader } from './tensor-reader'

export type TensorsSpec = Extract<DataSpec, { kind: 'tensors' }>

const mostBytes = 2 * 1024 * 1024 * 1024 - 1

/**
 * A file of tensors as independent sequences: `x` [N,T] token ids or [N,T,I] values, `y` [N], [N,T], [N,O] or [N,T,O],
 * `lengths` [N] when they differ. Split as `data.split` says, in the file's order unless it does.
 * @throws UnrollError `dataset.tensors` naming the tensor, what was expected and what was found
 */
export async function prepareTensors(spec: TensorsSpec, task: TaskSpec, path: string, read: TensorReader, seed: number, options: ReadOptions = {}): Promise<PreparedDataset> {
  const checked = await readAndCheck(spec, task, path, read, options)
  const { parts, split } = splitTensors(checked, spec, seed)
  const [train, validation, test] = [partOf(checked, parts.train), partOf(checked, parts.validation), partOf(checked, parts.test)]
  const { inputSize, outputSize, steps, count } = checked
  const measured = validation.count > 0 ? validation : train
  return {
    data: {
      form: 'sequences', input: checked.x instanceof Int32Array ? 'tokens' : 'values', target: checked.y instanceof Int32Array ? 'classes' : 'values',
      inputSize, outputSize, steps, train, validation, test,
    },
    vocabulary: null,
    scaler: null,
    baselines: [checked.y instanceof Int32Array
      ? majorityBaseline(outputSize, validTargets(checked, train), validTargets(checked, measured))
      : meanBaseline(validTargets(checked, train), validTargets(checked, measured), outputSize, task.loss)],
    unit: checked.y instanceof Int32Array ? null : 'y',
    unitScale: 1,
    series: null,
    split,
    length: count,
    inputSize,
    outputSize,
    summary: `${count.toLocaleString('en')} sequences of up to ${steps.toLocaleString('en')} steps`,
    warnings: [...missingClasses(checked, parts), ...constantInputs(checked)],
  }
}

export const readAndCheck = async (spec: TensorsSpec, task: TaskSpec, path: string, read: TensorReader, options: ReadOptions): Promise<CheckedTensors> =>
  checkTensors(read(await wholeFile(path, options), path), spec, task, path)

/** The parts of checked tensors. In the file's order, with nothing kept together, they are stretches of it. */
export function splitTensors(checked: CheckedTensors, spec: TensorsSpec, seed: number): { parts: Parts; split: SplitPart[] } {
  const { count, x, y, groups, everyStep } = checked
  const equal = spec.together === 'equal' ? Array.from({ length: count }, (_, row) => keyOf(checked, row)) : null
  const parts = partsOf({ count, classes: y instanceof Int32Array && !everyStep ? y : null, groups, equal }, spec, seed)
  const plain = spec.split === 'order' && groups === null && equal === null && spec.gap === 0 && x.length > 0
  return { parts, split: plain ? splitParts(splitInOrder(count, spec)) : splitOf(parts) }
}

/** What the network reads of a sequence, as a key: padding is left out. */
export function keyOf({ x, count, steps, lengths }: CheckedTensors, row: number): string {
  const size = x.length / count
  const read = x.subarray(row * size, row * size + size / steps * (lengths?.[row] ?? steps))
  return createHash('md5').update(new Uint8Array(read.buffer, read.byteOffset, read.byteLength)).digest('base64')
}

function missingClasses({ y, everyStep, outputSize }: CheckedTensors, parts: Parts): string[] {
  if (!(y instanceof Int32Array) || everyStep) return []
  const present = new Set(y)
  return classesWithoutTraining(Array.from({ length: outputSize }, (_, id) => String(id)).filter((_, id) => present.has(id)), Array.from(y, String), parts)
}

function constantInputs({ x }: CheckedTensors): string[] {
  return x.every((value) => value === x[0]) ? ['Every input is the same number, so nothing can be learned from them.'] : []
}

export async function wholeFile(path: string, options: ReadOptions): Promise<Uint8Array> {
  const totalBytes = await fileSize(path)
  if (totalBytes > mostBytes) {
    throw new UnrollError('dataset.too-large', `${basename(path)} has ${totalBytes} bytes; this version reads tensor files up to ${mostBytes} bytes.`, { hint: 'Save fewer sequences.', where: { file: path } })
  }
  throwIfCancelled(options.signal)
  try {
    const bytes = await readFile(path, { signal: options.signal })
    options.onProgress?.({ bytes: bytes.length, totalBytes, rows: 0 })
    return bytes
  } catch (error) {
    throwIfCancelled(options.signal)
    throw fileError(path, error)
  }
}

/** The sequences of a part; a view of all where they lie one after the other. */
function partOf({ count, x, y, lengths }: CheckedTensors, indices: Int32Array): SequencePart {
  const from = indices[0] ?? 0
  const together = indices.every((index, at) => index === from + at)
  const rows = <A extends Float32Array | Int32Array>(array: A): A => {
    const size = array.length / count
    if (together) return array.subarray(from * size, (from + indices.length) * size) as A
    const part = (array instanceof Int32Array ? new Int32Array(indices.length * size) : new Float32Array(indices.length * size)) as A
    indices.forEach((index, at) => part.set(array.subarray(index * size, (index + 1) * size), at * size))
    return part
  }
  return { count: indices.length, x: rows(x), y: rows(y), lengths: lengths && rows(lengths) }
}

/** The targets of valid steps alone: what lies past a sequence's end may be anything. */
function validTargets({ everyStep, steps, outputSize, y }: CheckedTensors, part: SequencePart): ArrayLike<number> {
  const { lengths } = part
  if (!everyStep || lengths === null) return part.y
  const width = y instanceof Int32Array ? 1 : outputSize
  const valid: number[] = []
  for (let row = 0; row < part.count; row++) {
    for (let at = row * steps * width; at < (row * steps + lengths[row]!) * width; at++) valid.push(part.y[at]!)
  }
  return valid
}
