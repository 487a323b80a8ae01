import { UnrollError } from '@shared/errors'
import type { ParsedParams } from '@shared/rpc/contract'
import { hiddenWidth } from '@shared/model/weights'
import type { States } from '@shared/rpc/schemas'
import type { PreparedDataset } from '../../data/prepared-dataset'
import type { PreparedData, SequencePairs, SequenceSet } from '../../engine/training/prepared-data'
import type { ComputeApi, TraceInput } from '../compute/protocol'
import { readerOf, tellsNextSymbol, type TrainedModel } from './trained-model'

export type StatesInput = ParsedParams<'inspect.states'>['input']

/** Numbers one answer may hold: what a window can still draw. */
const mostNumbers = 50_000_000

/** What is traced: the steps shown, and the ones before them that only bring the state into its stride. */
interface Stretch {
  input: TraceInput
  warmUp: number
  labels: string[]
  /** Token ids of the steps shown and, where there is one, the one after them; null for values. */
  tokens: Int32Array | null
}

/**
 * Hidden states h_t of a model (of encoder and decoder: the encoder's) over a text, or over a stretch of its data.
 * A stretch is entered a window early from a zero state, as in training; a text starts from a zero state.
 * @param dataset what the model was trained on; asked for only where a stretch is wanted
 */
export async function hiddenStates(compute: Pick<ComputeApi, 'trace'>, model: TrainedModel, wanted: StatesInput, dataset: () => Promise<PreparedDataset>): Promise<States> {
  const stretch = wanted.kind === 'text' ? ofText(model, wanted.text) : ofData(model, await dataset(), wanted.from, wanted.count)
  const steps = stretch.labels.length
  const units = hiddenWidth(model.experiment.model)
  if (steps * units > mostNumbers) {
    throw new UnrollError('inspect.too-long', `${steps} steps of ${units} units are more than can be shown at once (${mostNumbers} values).`, { hint: `Choose at most ${Math.floor(mostNumbers / units)} steps.` })
  }
  const { hidden, output } = await compute.trace({ ...readerOf(model), input: stretch.input })
  return {
    runId: model.runId, step: model.step, units, steps, labels: stretch.labels,
    hidden: hidden.slice(stretch.warmUp * units),
    surprise: stretch.tokens === null ? null : nextProbabilities(output.subarray(stretch.warmUp * model.outputSize), stretch.tokens, steps, model.outputSize),
  }
}

function ofText(model: TrainedModel, text: string): Stretch {
  if (model.symbols === null) throw new UnrollError('inspect.not-text', 'This network reads numbers, not text.', { hint: 'Choose a stretch of its data.' })
  const tokens = model.symbols.encode(text)
  return { input: { kind: 'tokens', tokens }, warmUp: 0, labels: model.symbols.split(text), tokens: tellsNextSymbol(model) ? tokens : null }
}

function ofData(model: TrainedModel, dataset: PreparedDataset, from: number, count: number): Stretch {
  const { data, series } = dataset
  if (data.form === 'sequences' || data.form === 'pairs') return ofSequence(model, data.form === 'pairs' ? sources(data) : data, from, count)
  if (from >= dataset.length) throw pastTheEnd(from, dataset.length)
  const to = Math.min(dataset.length, from + count)
  const warmUp = Math.min(from, model.experiment.training.window)
  if (data.form === 'tokens') {
    const tokens = stretchOf(data, from, to + 1)
    return { input: { kind: 'tokens', tokens: stretchOf(data, from - warmUp, to) }, warmUp, tokens, labels: Array.from(tokens.subarray(0, to - from), (id) => model.symbols?.symbols[id] ?? String(id)) }
  }
  if (series === null) throw new UnrollError('internal.no-series', 'The series of a value stream is missing.')
  const width = series.columns.length
  const values = series.inputs.slice((from - warmUp) * width, to * width)
  return { input: { kind: 'values', values }, warmUp, tokens: null, labels: Array.from({ length: to - from }, (_, at) => series.labels?.[from + at] ?? `row ${from + at + 1}`) }
}

/** Sequences stand by themselves: `from` is the number of one, counted through all parts. */
function ofSequence(model: TrainedModel, data: SequenceSet, from: number, count: number): Stretch {
  let index = from
  const part = [data.train, data.validation, data.test].find((each) => {
    if (index < each.count) return true
    index -= each.count
    return false
  })
  if (part === undefined) throw pastTheEnd(from, data.train.count + data.validation.count + data.test.count)
  const steps = Math.min(count, part.lengths?.[index] ?? data.steps)
  const width = data.input === 'tokens' ? 1 : data.inputSize
  const x = part.x.slice(index * data.steps * width, (index * data.steps + steps) * width)
  const labels = Array.from({ length: steps }, (_, step) => {
    const values = x.subarray(step * width, (step + 1) * width)
    return x instanceof Int32Array ? model.symbols?.symbols[values[0]!] ?? String(values[0]) : Array.from(values, readable).join(' ')
  })
  const input: TraceInput = x instanceof Int32Array ? { kind: 'tokens', tokens: x } : { kind: 'values', values: x }
  return { input, warmUp: 0, tokens: x instanceof Int32Array && tellsNextSymbol(model) ? x : null, labels }
}

/** The encoder's side of pairs. */
function sources({ steps, inputSize, outputSize, train, validation, test }: SequencePairs): SequenceSet {
  const side = ({ count, source, sourceLengths }: SequencePairs['train']) => ({ count, x: source, y: new Int32Array(0), lengths: sourceLengths })
  return { form: 'sequences', input: 'tokens', target: 'classes', inputSize, outputSize, steps, train: side(train), validation: side(validation), test: side(test) }
}

/** The tokens from..to-1 of all parts, one after the other; fewer where they end. */
function stretchOf({ train, validation, test }: Extract<PreparedData, { form: 'tokens' }>, from: number, to: number): Int32Array {
  const found: number[] = []
  let before = 0
  for (const part of [train, validation, test]) {
    for (let at = Math.max(from, before); at < Math.min(to, before + part.length); at++) found.push(part[at - before]!)
    before += part.length
  }
  return Int32Array.from(found)
}

/** softmax(y_t)[token_{t+1}]; NaN where nothing follows. */
function nextProbabilities(output: Float32Array, tokens: Int32Array, steps: number, width: number): Float32Array {
  return Float32Array.from({ length: steps }, (_, step) => {
    const next = tokens[step + 1]
    if (next === undefined) return NaN
    const logits = output.subarray(step * width, (step + 1) * width)
    const largest = logits.reduce((most, value) => Math.max(most, value), -Infinity)
    const sum = logits.reduce((total, value) => total + Math.exp(value - largest), 0)
    return Math.exp(logits[next]! - largest) / sum
  })
}

const readable = (value: number): string => Number.isInteger(value) ? String(value) : value.toPrecision(3)

const pastTheEnd = (from: number, length: number) =>
  new UnrollError('inspect.past-the-end', `The stretch starts at ${from}, but the data ends at ${length}.`, { hint: `Start it before ${length}.` })
