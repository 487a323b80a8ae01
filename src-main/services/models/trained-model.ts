import { z } from 'zod'
import { UnrollError } from '@shared/errors'
import type { Experiment } from '@shared/experiment/schema'
import type { Weights } from '../../engine/training/types'
import type { Scaler } from '../../data/series/scaler'
import type { RunFolder, WhichWeights } from '../runs/run-folder'
import type { RunRecord } from '../runs/run-record'
import { SymbolTable } from './symbol-table'

/** A network that can be used: its weights and what its numbers mean. */
export interface TrainedModel {
  runId: string
  experiment: Experiment
  record: RunRecord
  weights: Weights
  /** The step the weights are from. */
  step: number
  inputSize: number
  outputSize: number
  /** Text: the symbol of each token id. */
  symbols: SymbolTable | null
  scaler: Scaler | null
}

const scalerSchema = z.object({
  kind: z.enum(['standard', 'minmax', 'none']),
  columns: z.array(z.object({ column: z.string(), offset: z.number(), scale: z.number() })),
})

/**
 * The model of a run folder.
 * @param live weights of the session at work, which are newer than the files
 * @throws UnrollError `run.not-found`, `run.unreadable`, `run.no-weights`
 */
export async function loadModel(folder: RunFolder, which: WhichWeights, live: { weights: Weights; step: number } | null = null): Promise<TrainedModel> {
  const { record, experiment } = await folder.read()
  const { weights, step } = live ?? await folder.weights(which)
  const vocabulary = z.array(z.string()).nullable().safeParse(await folder.vocabulary())
  const scaler = scalerSchema.nullable().safeParse(await folder.scaler())
  if (!vocabulary.success || !scaler.success) {
    throw new UnrollError('run.unreadable', `${vocabulary.success ? 'scaler.json' : 'vocabulary.json'} of the run isn't what Unroll writes.`, { hint: 'Restore the file from a copy, or train again.', where: { file: folder.path } })
  }
  return {
    runId: record.id, experiment, record, weights, step,
    inputSize: record.inputSize, outputSize: record.outputSize,
    symbols: vocabulary.data === null ? null : new SymbolTable(vocabulary.data), scaler: scaler.data,
  }
}

/** What the compute protocol's one-shot calls need of a model. */
export const networkOf = ({ experiment: { model }, inputSize, outputSize, weights }: TrainedModel) => ({ model, inputSize, outputSize, weights })
