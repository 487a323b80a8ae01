import { readFile } from 'node:fs/promises'
import { UnrollError } from '@shared/errors'
import { experimentSchema, type Experiment } from '@shared/experiment/schema'
import { elements } from '@shared/model/weights'
import type { Weights } from '../../engine/training/types'
import { fromWeights, readSafetensors, toWeights, writeSafetensors } from '../../formats/safetensors'
import type { ComputeApi, TraceInput } from '../compute/protocol'
import { writeAtomic, writeJson } from '../files/atomic'
import { expectNotOfARun } from '../runs/own-files'
import { weightsMetadata } from '../runs/weights-metadata'
import { readerOf, type TrainedModel } from './trained-model'

/** Steps of the forward pass that checks an export. */
const checkedSteps = 20

export interface WrittenExport { bytes: number; verified: string }

/**
 * Writes the weights by PyTorch's names, with the experiment and the vocabulary or scaler as metadata; then reads the file
 * back and compares one forward pass of what was read with one of what was to be written.
 * @throws UnrollError `file.of-a-run`, `file.unwritable`, `export.differs`
 */
export async function exportSafetensors(compute: Pick<ComputeApi, 'trace'>, model: TrainedModel, path: string): Promise<WrittenExport> {
  expectNotOfARun(path)
  const { experiment, record, weights, symbols, classes, scaler, step } = model
  const metadata = weightsMetadata(experiment, record, { vocabulary: symbols === null ? null : [...symbols.symbols], ...(classes !== null && { classes }), scaler }, step)
  const bytes = writeSafetensors(fromWeights(weights), metadata)
  await writeAtomic(path, bytes)
  const again = toWeights(readSafetensors(await readFile(path)))
  const input = probe(model)
  const [before, after] = await Promise.all([weights, again].map((each) => compute.trace({ ...readerOf({ ...model, weights: each }), input })))
  const difference = Math.max(largestDifference(before!.output, after!.output), largestDifference(before!.hidden, after!.hidden))
  if (difference !== 0 || !sameTensors(weights, again)) {
    throw new UnrollError('export.differs', `The file ${path} was written, but reading it back gives another network: outputs differ by ${difference}.`, { hint: 'Don\'t use it; check the disk and export again.' })
  }
  const tensors = Object.values(again)
  const parameters = tensors.reduce((sum, tensor) => sum + elements(tensor.shape), 0)
  return { bytes: bytes.length, verified: `Read back: ${tensors.length} tensors, ${parameters.toLocaleString('en')} parameters of step ${step}; a forward pass ${experiment.task.output === 'sequence' ? 'of the encoder ' : ''}over ${checkedSteps} steps differs by ${difference}.` }
}

/**
 * Writes the experiment file.
 * @throws UnrollError `file.of-a-run`, `file.unwritable`, `export.differs`
 */
export async function exportExperiment(experiment: Experiment, path: string): Promise<WrittenExport> {
  expectNotOfARun(path)
  await writeJson(path, experiment)
  const text = await readFile(path, 'utf8')
  const again = experimentSchema.safeParse(JSON.parse(text))
  if (!again.success || JSON.stringify(again.data) !== JSON.stringify(experimentSchema.parse(experiment))) {
    throw new UnrollError('export.differs', `The file ${path} was written, but reading it back gives another experiment.`, { hint: 'Don\'t use it; check the disk and export again.' })
  }
  return { bytes: Buffer.byteLength(text), verified: 'Read back: the same experiment, valid against its schema.' }
}

/** An input that touches what the network can read, the same for the same model. */
function probe({ inputSize, symbols, experiment }: TrainedModel): TraceInput {
  const tokens = symbols !== null || (experiment.data.kind === 'tensors' && experiment.data.vocabulary !== undefined)
  return tokens
    ? { kind: 'tokens', tokens: Int32Array.from({ length: checkedSteps }, (_, step) => step * 7 % inputSize) }
    : { kind: 'values', values: Float32Array.from({ length: checkedSteps * inputSize }, (_, at) => Math.sin(at + 1)) }
}

const largestDifference = (a: Float32Array, b: Float32Array): number =>
  a.length === b.length ? a.reduce((most, value, at) => Math.max(most, Math.abs(value - b[at]!)), 0) : Infinity

function sameTensors(a: Weights, b: Weights): boolean {
  return Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([name, { shape, data }]) =>
    b[name] !== undefined && String(b[name].shape) === String(shape) && largestDifference(data, b[name].data) === 0)
}
