import { UnrollError } from '@shared/errors'
import { seriesInputs } from '@shared/experiment/series-columns'
import type { LookedInputSpec } from '@shared/rpc/inspect-schemas'
import { endSymbol, startSymbol } from '../../data/records/pairs-dataset'
import type { PreparedDataset } from '../../data/prepared-dataset'
import type { LookedTargets } from '../../engine/inspect/step-losses'
import type { LookedInput } from '../../engine/inspect/looked-network'
import type { PairPart, PreparedData, SequencePairs, SequencePart, SequenceSet } from '../../engine/training/prepared-data'
import { SymbolTable } from '../models/symbol-table'
import { codecOf, networkOf, tellsNextSymbol, type TrainedModel } from '../models/trained-model'
import type { ComputeClient } from '../compute/compute-client'

/** What is looked at: the steps shown, and those before them that only bring the state into its stride. */
export interface Looked {
  input: LookedInput
  warmUp: number
  labels: string[]
  /** What the decoder reads at each step; null without one. */
  decoderLabels: string[] | null
}

export interface LookedAsker {
  /** What the model was trained on; asked for only where it is wanted. */
  dataset: () => Promise<PreparedDataset>
  /** What an encoder and decoder make of a source of the user's, without the end token. */
  answer: (source: Int32Array) => Promise<Int32Array>
}

/** Symbols after which an answer to a source of the user's is broken off. */
const longestAnswer = 1000

/** What an encoder and decoder make of a source by themselves. */
export const answerOf = (client: Pick<ComputeClient, 'decode'>, model: TrainedModel): LookedAsker['answer'] => async (source) => {
  const classes = model.classes ?? []
  const [answer] = await client.decode({ ...networkOf(model), sources: [source], startToken: classes.indexOf(startSymbol), endToken: classes.indexOf(endSymbol), mostSteps: longestAnswer, beam: 1 })
  return answer!.tokens
}

/**
 * A sequence to look inside a network with, and what should come out of it. A stretch of a stream is entered a window early
 * from a zero state, as in training.
 * @throws UnrollError `inspect.not-text`, `inspect.past-the-end`, `inspect.no-sequences`, `prompt.unknown-symbol`
 */
export async function lookedSource(model: TrainedModel, spec: LookedInputSpec, { dataset, answer }: LookedAsker): Promise<Looked> {
  if (spec.kind === 'text') return ofText(model, spec.text, spec.target, answer)
  const prepared = await dataset()
  const { data } = prepared
  if (data.form === 'pairs') return ofPair(model, data, indexOf(spec))
  if (data.form === 'sequences') return ofSequence(model, prepared, data, indexOf(spec))
  if (spec.kind === 'record') throw new UnrollError('inspect.no-sequences', 'This network was trained on one stream, not on sequences of their own.', { hint: 'Choose a stretch of it.' })
  return ofStream(model, prepared, data, spec.from, spec.count)
}

const indexOf = (spec: Exclude<LookedInputSpec, { kind: 'text' }>): number => (spec.kind === 'record' ? spec.index : spec.from)

async function ofText(model: TrainedModel, text: string, target: string | undefined, answer: LookedAsker['answer']): Promise<Looked> {
  const { symbols, classes, experiment } = model
  if (symbols === null) throw new UnrollError('inspect.not-text', 'This network reads numbers, not text.', { hint: 'Choose a stretch or a record of its data.' })
  const x = symbols.encode(text)
  const labels = symbols.split(text)
  if (experiment.task.output !== 'sequence') {
    return { input: { kind: 'tokens', x, targets: tellsNextSymbol(model) ? following(x) : undefined }, warmUp: 0, labels, decoderLabels: null }
  }
  const names = classes ?? []
  const table = new SymbolTable(names, codecOf(experiment.data), true)
  const [start, end] = [names.indexOf(startSymbol), names.indexOf(endSymbol)]
  const tokens = target === undefined ? await answer(x) : table.encode(target)
  return { input: { kind: 'tokens', x, ...decoding(Int32Array.of(...tokens, end), start) }, warmUp: 0, labels, decoderLabels: namesOf(Int32Array.of(start, ...tokens), names) }
}

function ofPair(model: TrainedModel, data: SequencePairs, index: number): Looked {
  const { part, at } = partAt(data, index)
  const x = row(part.source, at, data.steps, part.sourceLengths[at]!) as Int32Array
  const target = row(part.target, at, data.targetSteps, part.targetLengths[at]!) as Int32Array
  const names = model.classes ?? []
  const input: LookedInput = { kind: 'tokens', x, ...decoding(target, data.startToken) }
  return { input, warmUp: 0, labels: namesOf(x, model.symbols?.symbols), decoderLabels: namesOf(input.decoder!, names) }
}

/** The decoder reads the target one step late. */
const decoding = (target: Int32Array, start: number): Pick<LookedInput, 'decoder' | 'targets'> =>
  ({ decoder: Int32Array.of(start, ...target.subarray(0, -1)), targets: { kind: 'classes', ids: target } })

function ofSequence(model: TrainedModel, { series }: PreparedDataset, data: SequenceSet, index: number): Looked {
  const { part, at } = partAt(data, index)
  const steps = part.lengths?.[at] ?? data.steps
  const width = data.input === 'tokens' ? 1 : data.inputSize
  const x = row(part.x, at, data.steps, steps, width)
  const labels = data.input === 'tokens' ? namesOf(x as Int32Array, model.symbols?.symbols) : Array.from({ length: steps }, (_, step) => series?.labels?.[step] ?? `${step + 1}`)
  return { input: { kind: data.input, x, targets: sequenceTargets(model, data, part, at, steps) }, warmUp: 0, labels, decoderLabels: null }
}

/** Of last-step tasks only the last step has a target. */
function sequenceTargets({ experiment: { task } }: TrainedModel, data: SequenceSet, { y }: SequencePart, at: number, steps: number): LookedTargets | undefined {
  const width = data.target === 'classes' ? 1 : data.outputSize
  const last = task.output === 'last-step'
  const own = last ? y.subarray(at * width, (at + 1) * width) : row(y, at, data.steps, steps, width)
  if (task.loss === 'cross-entropy') {
    const ids = new Int32Array(steps).fill(-1)
    ids.set(own, last ? steps - 1 : 0)
    return { kind: 'classes', ids }
  }
  const values = new Float32Array(steps * width).fill(NaN)
  values.set(own, last ? (steps - 1) * width : 0)
  return { kind: 'values', loss: task.loss, values }
}

function ofStream(model: TrainedModel, dataset: PreparedDataset, data: Extract<PreparedData, { form: 'tokens' | 'values' }>, from: number, count: number): Looked {
  if (from >= dataset.length) throw pastTheEnd(from, dataset.length)
  const to = Math.min(dataset.length, from + count)
  // A reverse direction starts at the sequence's end: nothing can be read beforehand.
  const warmUp = model.experiment.model.bidirectional ? 0 : Math.min(from, model.experiment.training.window)
  if (data.form === 'tokens') {
    const all = wholeStream(data)
    const x = all.slice(from - warmUp, to)
    const ids = Int32Array.from(x, (_, at) => all[from - warmUp + at + 1] ?? -1)
    return { input: { kind: 'tokens', x, targets: { kind: 'classes', ids: onlyShown(ids, warmUp, -1) } }, warmUp, labels: namesOf(all.subarray(from, to), model.symbols?.symbols), decoderLabels: null }
  }
  const { series } = dataset
  if (series === null) throw new UnrollError('internal.no-series', 'The series of a value stream is missing.')
  const [width, outputs] = [series.columns.length, series.target.length]
  const { loss } = model.experiment.task
  const values = new Float32Array((to - from + warmUp) * outputs).fill(NaN)
  values.set(series.targets.subarray((from - warmUp + series.horizon) * outputs, (to + series.horizon) * outputs))
  return {
    input: {
      kind: 'values', x: series.inputs.slice((from - warmUp) * width, to * width),
      targets: loss === 'cross-entropy' ? undefined : { kind: 'values', loss, values: onlyShown(values, warmUp * outputs, NaN) },
    },
    warmUp, labels: Array.from({ length: to - from }, (_, at) => series.labels?.[from + at] ?? `row ${from + at + 1}`), decoderLabels: null,
  }
}

/** What comes before the steps shown counts in no loss. */
function onlyShown<T extends Int32Array | Float32Array>(targets: T, hidden: number, none: number): T {
  targets.fill(none, 0, hidden)
  return targets
}

const following = (x: Int32Array): LookedTargets => ({ kind: 'classes', ids: Int32Array.from(x, (_, at) => x[at + 1] ?? -1) })

/** Which part a sequence is in, counted through all parts. */
export function partAt<P extends SequencePart | PairPart>({ train, validation, test }: { train: P; validation: P; test: P }, index: number): { part: P; at: number } {
  let at = index
  for (const part of [train, validation, test]) {
    if (at < part.count) return { part, at }
    at -= part.count
  }
  throw pastTheEnd(index, train.count + validation.count + test.count)
}

const row = <T extends Int32Array | Float32Array>(values: T, at: number, most: number, steps: number, width = 1): T => values.slice(at * most * width, (at * most + steps) * width) as T

export function wholeStream({ train, validation, test }: Extract<PreparedData, { form: 'tokens' }>): Int32Array {
  const all = new Int32Array(train.length + validation.length + test.length)
  all.set(train)
  all.set(validation, train.length)
  all.set(test, train.length + validation.length)
  return all
}

export const namesOf = (ids: Int32Array, names: readonly string[] | undefined): string[] => Array.from(ids, (id) => names?.[id] ?? String(id))

/** What the columns of x and of y stand for. */
export function columnNames({ symbols, classes, experiment: { data, task }, inputSize, outputSize }: TrainedModel): { inputs: string[]; outputs: string[] } {
  const numbered = (letter: string, count: number) => Array.from({ length: count }, (_, column) => `${letter}${column + 1}`)
  const inputs = symbols ? [...symbols.symbols] : data.kind === 'series' ? seriesInputs(data) : data.kind === 'generated' && data.generator === 'adding' ? ['value', 'mark'] : numbered('x', inputSize)
  const outputs = classes ?? (task.loss === 'cross-entropy' && symbols && symbols.size === outputSize ? [...symbols.symbols] : data.kind === 'series' ? data.target : numbered('y', outputSize))
  return { inputs, outputs }
}

const pastTheEnd = (from: number, length: number) =>
  new UnrollError('inspect.past-the-end', `What was asked for starts at ${from}, but the data ends at ${length}.`, { hint: `Start before ${length}.` })
