import { z } from 'zod'
import { UnrollError } from '@shared/errors'
import type { Experiment } from '@shared/experiment/schema'
import { hiddenWidth } from '@shared/model/weights'
import type { Weights } from '../../engine/training/types'
import type { Scaler } from '../../data/series/scaler'
import type { RunFolder, WhichWeights } from '../runs/run-folder'
import type { RunRecord } from '../runs/run-record'
import { textSymbols, type SymbolCodec } from '../../data/text/text-symbols'
import { recordSymbols, SymbolTable } from './symbol-table'

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
  /** What each output stands for, where outputs are classes with names of their own. */
  classes: string[] | null
  scaler: Scaler | null
}

const columnScales = z.array(z.object({ column: z.string(), offset: z.number(), scale: z.number() }))
const scalerSchema = z.object({
  kind: z.enum(['standard', 'minmax', 'robust', 'none']),
  columns: columnScales,
  targets: columnScales.optional(),
  transform: z.object({ log: z.enum(['none', 'log', 'log1p']), difference: z.array(z.number()), columns: z.array(z.string()) }).optional(),
  lags: z.array(z.number()).optional(),
  horizon: z.number().optional(),
})

/**
 * The model of a run folder.
 * @param live weights of the session at work, which are newer than the files
 * @throws UnrollError `run.not-found`, `run.unreadable`, `run.no-weights`, `run.weights-gone`
 */
export async function loadModel(folder: RunFolder, which: WhichWeights, live: { weights: Weights; step: number } | null = null): Promise<TrainedModel> {
  const { record, experiment } = await folder.read()
  const { weights, step } = live ?? await folder.weights(which)
  const names = z.array(z.string()).nullable()
  const vocabulary = names.safeParse(await folder.vocabulary())
  const classes = names.safeParse(await folder.classes())
  const scaler = scalerSchema.nullable().safeParse(await folder.scaler())
  if (!vocabulary.success || !classes.success || !scaler.success) {
    throw new UnrollError('run.unreadable', `${!vocabulary.success ? 'vocabulary.json' : !classes.success ? 'classes.json' : 'scaler.json'} of the run isn't what Unroll writes.`, { hint: 'Restore the file from a copy, or train again.', where: { file: folder.path } })
  }
  return {
    runId: record.id, experiment, record, weights, step,
    inputSize: record.inputSize, outputSize: record.outputSize,
    symbols: vocabulary.data === null ? null : symbolTable(experiment, vocabulary.data), classes: classes.data, scaler: scaler.data,
  }
}

/** Vocabularies of records, pairs and words begin with the unknown symbol. */
const symbolTable = ({ data, task }: Experiment, vocabulary: string[]): SymbolTable =>
  new SymbolTable(vocabulary, codecOf(data), data.kind === 'records' || task.output === 'sequence' || (data.kind === 'text' && data.unit === 'word'))

/** What a symbol is, as the data was read. */
export const codecOf = (data: Experiment['data']): SymbolCodec =>
  (data.kind === 'text' ? textSymbols(data) : recordSymbols(data.kind === 'records' ? data.unit : 'char'))

/** What stands between the symbols of a network's text: nothing, a space between words or numbers. */
export const betweenSymbols = ({ experiment: { data }, symbols }: Pick<TrainedModel, 'experiment' | 'symbols'>): string =>
  (symbols === null || ('unit' in data && data.unit === 'word') ? ' ' : '')

/** Whether an output is the probability of the input's next symbol, so that the network can go on with what it wrote. */
export const tellsNextSymbol = ({ experiment: { data } }: Pick<TrainedModel, 'experiment'>): boolean =>
  data.kind === 'text' || (data.kind === 'generated' && data.generator === 'reber')

/** What the compute protocol's one-shot calls need of a model. */
export const networkOf = ({ experiment: { model }, inputSize, outputSize, weights }: TrainedModel) => ({ model, inputSize, outputSize, weights })

/**
 * What reads a model's inputs step by step: the model itself, or the encoder of an encoder and decoder, with a head of zeros,
 * since its states go to the decoder alone.
 */
export function readerOf(model: TrainedModel): ReturnType<typeof networkOf> {
  const { experiment, inputSize, weights } = model
  if (experiment.task.output !== 'sequence') return networkOf(model)
  const width = hiddenWidth(experiment.model)
  const own = Object.entries(weights).filter(([name]) => name.startsWith('encoder.')).map(([name, tensor]) => [name.slice('encoder.'.length), tensor] as const)
  return {
    model: { ...experiment.model, attention: false }, inputSize, outputSize: 1,
    weights: { ...Object.fromEntries(own), 'head.weight': { shape: [1, width], data: new Float32Array(width) }, 'head.bias': { shape: [1], data: new Float32Array(1) } },
  }
}
