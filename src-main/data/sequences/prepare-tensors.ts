import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { UnrollError } from '@shared/errors'
import type { DataSpec, TaskSpec } from '@shared/experiment/schema'
import { majorityBaseline, meanBaseline } from '../../engine/baselines/class-baselines'
import type { SequencePart } from '../../engine/training/prepared-data'
import { fileError, fileSize, throwIfCancelled } from '../files'
import type { PreparedDataset, ReadOptions } from '../prepared-dataset'
import { splitInOrder, splitParts } from '../split'
import { checkTensors, type CheckedTensors } from './check-tensors'
import type { TensorReader } from './tensor-reader'

const mostBytes = 2 * 1024 * 1024 * 1024 - 1

/**
 * A file of tensors as independent sequences: `x` [N,T] token ids or [N,T,I] values, `y` [N], [N,T], [N,O] or [N,T,O],
 * `lengths` [N] when they differ. Split in the file's order.
 * @throws UnrollError `dataset.tensors` naming the tensor, what was expected and what was found
 */
export async function prepareTensors(spec: Extract<DataSpec, { kind: 'tensors' }>, task: TaskSpec, path: string, read: TensorReader, options: ReadOptions = {}): Promise<PreparedDataset> {
  const checked = checkTensors(read(await wholeFile(path, options), path), spec, task, path)
  const bounds = splitInOrder(checked.count, spec)
  const train = partOf(checked, 0, bounds.trainEnd)
  const validation = partOf(checked, bounds.trainEnd, bounds.validationEnd)
  const { inputSize, outputSize, steps, count } = checked
  const measured = validation.count > 0 ? validation : train
  return {
    data: {
      form: 'sequences', input: checked.x instanceof Int32Array ? 'tokens' : 'values', target: checked.y instanceof Int32Array ? 'classes' : 'values',
      inputSize, outputSize, steps, train, validation, test: partOf(checked, bounds.validationEnd, count),
    },
    vocabulary: null,
    scaler: null,
    baselines: [checked.y instanceof Int32Array
      ? majorityBaseline(outputSize, validTargets(checked, train), validTargets(checked, measured))
      : meanBaseline(validTargets(checked, train), validTargets(checked, measured), outputSize, task.loss)],
    unit: checked.y instanceof Int32Array ? null : 'y',
    unitScale: 1,
    series: null,
    split: splitParts(bounds),
    length: count,
    inputSize,
    outputSize,
    summary: `${count.toLocaleString('en')} sequences of up to ${steps.toLocaleString('en')} steps`,
    warnings: [],
  }
}

async function wholeFile(path: string, options: ReadOptions): Promise<Uint8Array> {
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

function partOf({ count, x, y, lengths }: CheckedTensors, from: number, to: number): SequencePart {
  const rows = <A extends Float32Array | Int32Array>(array: A): A => array.subarray(from * (array.length / count), to * (array.length / count)) as A
  return { count: to - from, x: rows(x), y: rows(y), lengths: lengths && rows(lengths) }
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
