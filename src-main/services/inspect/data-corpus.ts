import { UnrollError } from '@shared/errors'
import type { PreparedDataset } from '../../data/prepared-dataset'
import type { Corpus } from '../../engine/inspect/corpus'
import type { Part, PreparedData } from '../../engine/training/prepared-data'
import type { TrainedModel } from '../models/trained-model'
import { namesOf, wholeStream } from './looked-source'

export type CorpusPart = Part | 'all'

/** A part of a model's data as one corpus, and how its steps are called. */
export interface DataCorpus {
  corpus: Corpus
  /** Where a step of the corpus is: in a sequence of the data (counted through all parts), or a step of a stream. */
  place(step: number): { sequence: number | null; step: number }
  /** What is read at steps from..to-1. */
  labels(from: number, to: number): string[]
}

/**
 * The data a network was trained on, or a part of it, as sequences one after the other; of pairs the sources.
 * @param most steps to take at most, from the part's start; sequences are taken whole
 * @throws UnrollError `inspect.empty-part`
 */
export function dataCorpus(model: TrainedModel, dataset: PreparedDataset, part: CorpusPart, most: number): DataCorpus {
  const found = dataset.data.form === 'tokens' || dataset.data.form === 'values' ? ofStream(model, dataset, part, most) : ofSequences(model, dataset.data, part, most)
  if (found.corpus.steps > 0) return found
  throw new UnrollError('inspect.empty-part', `The ${part} part of the data is empty.`, { hint: 'Choose another part.' })
}

function ofStream(model: TrainedModel, { data, series, split, length }: PreparedDataset, part: CorpusPart, most: number): DataCorpus {
  const own = split.find((each) => each.part === part) ?? { from: 0, to: length }
  const [from, to] = [own.from, Math.min(own.to, own.from + most)]
  const steps = Math.max(0, to - from)
  const { bidirectional } = model.experiment.model
  const { window } = model.experiment.training
  // What reads in reverse was trained on windows: each is a sequence of its own.
  const starts = bidirectional ? Int32Array.from({ length: Math.ceil(steps / window) }, (_, index) => index * window) : Int32Array.of(0)
  const place = (step: number) => ({ sequence: null, step: from + step })
  if (data.form === 'tokens') {
    const x = wholeStream(data).slice(from, to)
    return { corpus: { kind: 'tokens', x, steps, starts }, place, labels: (a, b) => namesOf(x.subarray(a, b), model.symbols?.symbols) }
  }
  const width = series!.columns.length
  return {
    corpus: { kind: 'values', x: series!.inputs.slice(from * width, to * width), steps, starts }, place,
    labels: (a, b) => Array.from({ length: Math.min(b, steps) - a }, (_, at) => series!.labels?.[from + a + at] ?? `row ${from + a + at + 1}`),
  }
}

function ofSequences(model: TrainedModel, data: Extract<PreparedData, { form: 'sequences' | 'pairs' }>, part: CorpusPart, most: number): DataCorpus {
  const kind = data.form === 'pairs' ? 'tokens' : data.input
  const width = kind === 'tokens' ? 1 : data.inputSize
  const pieces: { x: Int32Array | Float32Array; index: number; length: number }[] = []
  let [index, steps] = [0, 0]
  for (const name of ['train', 'validation', 'test'] as const) {
    const own = data.form === 'pairs' ? { count: data[name].count, x: data[name].source, lengths: data[name].sourceLengths } : data[name]
    for (let at = 0; at < own.count; at++, index++) {
      const length = own.lengths?.[at] ?? data.steps
      if ((part !== 'all' && part !== name) || steps + length > most || length === 0) continue
      pieces.push({ x: own.x.subarray(at * data.steps * width, (at * data.steps + length) * width), index, length })
      steps += length
    }
  }
  const x = kind === 'tokens' ? new Int32Array(steps) : new Float32Array(steps * width)
  const starts = new Int32Array(pieces.length)
  let at = 0
  for (const [piece, { x: own, length }] of pieces.entries()) {
    starts[piece] = at
    x.set(own, at * width)
    at += length
  }
  const pieceOf = (step: number) => lastAtOrBelow(starts, step)
  return {
    corpus: { kind, x, steps, starts },
    place: (step) => ({ sequence: pieces[pieceOf(step)]!.index, step: step - starts[pieceOf(step)]! }),
    labels: (a, b) => (x instanceof Int32Array ? namesOf(x.subarray(a, b), model.symbols?.symbols) : Array.from({ length: Math.min(b, steps) - a }, (_, step) => String(a + step - starts[pieceOf(a + step)]! + 1))),
  }
}

/** Index of the last of ascending numbers that is not above `value`. */
export function lastAtOrBelow(ascending: Int32Array, value: number): number {
  let [low, high] = [0, ascending.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (ascending[middle]! <= value) low = middle
    else high = middle - 1
  }
  return low
}
