import { UnrollError } from '@shared/errors'
import type { Experiment } from '@shared/experiment/schema'
import type { ProgramInputs } from '../backends/backend'
import { bucketsOf } from './buckets'
import { lanes, manyStreams, sequences, wholeLanes, windows, type Layout, type SequenceOrder } from './layouts'
import { pairBatches } from './pair-batches'
import type { Part, PreparedData, TokenIds } from './prepared-data'
import { sourceOf, type Source } from './source'

/** One batch, laid out as programs read it. The arrays are the maker's and are filled anew for the next batch. */
export interface Batch {
  /** Steps the batch is padded to; of pairs the sources'. */
  steps: number
  /** Steps the targets are padded to; of pairs alone. */
  targetSteps?: number
  /** [steps, batch] token ids or [steps, batch, inputSize]. */
  x: Int32Array | Float32Array
  /** [steps, batch] classes or [steps, batch, outputSize]; one step for last-step. */
  y: Int32Array | Float32Array
  /** Valid steps of each row, [batch]; 0 for rows that only fill the batch up. */
  lengths: Int32Array
  /** The place in the part of the target of each row's first step, or of its only one, [batch]; of no account for empty rows; pairs have none. */
  rows?: Int32Array
  /** Pairs of sequences: what the decoder reads, [targetSteps, batch], and the valid steps of each target. */
  decoder?: Int32Array
  targetLengths?: Int32Array
  /** Time steps read: Σ lengths. */
  tokens: number
  /** Outputs that count: `tokens` for every-step, rows for last-step. */
  valid: number
  /** What the loss is a mean over: `valid`, times the output's width for squared error. */
  components: number
}

export interface Batches {
  readonly source: Source
  readonly layout: Layout
  /** Steps of the longest target; of pairs of sequences only. */
  readonly targetSteps?: number
  fill(index: number, order: Int32Array | null): Batch
}

/** A batch as programs read it. */
export const batchInputs = ({ x, y, lengths, decoder, targetLengths }: Batch): ProgramInputs => ({ x, y, lengths, ...(decoder && targetLengths && { decoder, targetLengths }) })

/**
 * The training batches of an experiment.
 * Token streams: lanes. Value streams: lanes when the state is carried, else windows every `data.stride` steps (default: a
 * quarter of a window), of each series by itself where there are several. Sequence sets: sequence by sequence.
 * @throws UnrollError `dataset.too-short` with the largest batch or window that would fit
 */
export function trainingBatches(data: PreparedData, experiment: Experiment): Batches {
  const { batchSize, window, carryState, shuffle } = experiment.training
  if (data.form === 'pairs') {
    if (data.train.count === 0) throw noSequence()
    return pairBatches(data, 'train', batchSize, shuffle ? 'shuffled' : 'file')
  }
  const source = sourceOf(data, 'train', experiment.task.output)
  const layoutOf = (): Layout => {
    if (source.sequences) {
      if (source.sequences.count === 0) throw noSequence()
      return layoutOfSet(source.sequences, batchSize, shuffle ? 'shuffled' : 'file')
    }
    const stride = (experiment.data.kind === 'series' ? experiment.data.stride : null) ?? Math.max(1, Math.floor(window / 4))
    if (source.starts) return manyStreams(source.starts, source.positions, batchSize, window, stride, shuffle)
    if (data.form === 'tokens' || carryState) return lanes(source.positions, batchSize, window)
    const layout = windows(source.positions, batchSize, window, stride, shuffle)
    const count = Math.floor((source.positions - window) / stride) + 1
    return count < batchSize ? windows(source.positions, count, window, stride, shuffle) : layout
  }
  return gather(source, layoutOf(), experiment)
}

/** All of a part, for evaluation, in order; null when the part is empty. */
export function evaluationBatches(data: PreparedData, part: Part, experiment: Experiment): Batches | null {
  const { batchSize, window } = experiment.training
  if (data.form === 'pairs') return data[part].count === 0 ? null : pairBatches(data, part, batchSize, 'sorted')
  const source = sourceOf(data, part, experiment.task.output)
  if (source.positions === 0) return null
  const layout = source.sequences
    ? layoutOfSet(source.sequences, batchSize, 'sorted')
    : source.starts ? manyStreams(source.starts, source.positions, batchSize, window, null, false) : wholeLanes(source.positions, batchSize, window)
  return gather(source, layout, experiment)
}

function layoutOfSet({ count, steps, lengths }: NonNullable<Source['sequences']>, batchSize: number, order: SequenceOrder): Layout {
  const batch = Math.min(batchSize, count)
  const valid = lengths ?? new Int32Array(count).fill(steps)
  return sequences(steps, valid, bucketsOf([valid], Math.ceil(count / batch)), batch, order)
}

function gather(source: Source, layout: Layout, experiment: Experiment): Batches {
  const { batch } = layout
  const lastStep = experiment.task.output === 'last-step'
  const inputWidth = source.input === 'tokens' ? 1 : source.inputSize
  const targetWidth = source.target === 'classes' ? 1 : source.outputSize
  const inputs = numbersLike(source.input === 'tokens', layout.steps * batch * inputWidth)
  const targets = numbersLike(source.target === 'classes', (lastStep ? 1 : layout.steps) * batch * targetWidth)
  const lengths = new Int32Array(batch)
  const places = new Int32Array(batch)

  return {
    source, layout,
    fill(index, order) {
      const rows = Array.from({ length: batch }, (_, row) => layout.row(index, row, order))
      const steps = layout.padded(rows.reduce((most, { length }) => Math.max(most, length), 0))
      const x = inputs.subarray(0, steps * batch * inputWidth)
      const y = targets.subarray(0, (lastStep ? 1 : steps) * batch * targetWidth)
      // What is past a row's length is zero: valid as a token, and the same in every run.
      x.fill(0)
      y.fill(0)
      let [tokens, filled] = [0, 0]
      for (const [row, { start, length }] of rows.entries()) {
        lengths[row] = length
        if (length === 0) continue
        places[row] = lastStep ? source.lastTarget(start, length) : start
        tokens += length
        filled++
        for (let step = 0; step < length; step++) copyRow(source.inputs, start + step, x, step * batch + row, inputWidth)
        if (lastStep) copyRow(source.targets, source.lastTarget(start, length), y, row, targetWidth)
        else for (let step = 0; step < length; step++) copyRow(source.targets, start + step, y, step * batch + row, targetWidth)
      }
      const valid = lastStep ? filled : tokens
      return { steps, x, y, lengths, rows: places, tokens, valid, components: valid * (experiment.task.loss === 'cross-entropy' ? 1 : source.outputSize) }
    },
  }
}

const noSequence = () => new UnrollError('dataset.too-short', 'The training part has no sequence.', { hint: 'Use more data, or hold less of it out for validation and test.' })

const numbersLike = (whole: boolean, count: number) => (whole ? new Int32Array(count) : new Float32Array(count))

function copyRow(from: TokenIds | Float32Array, fromRow: number, to: Int32Array | Float32Array, toRow: number, width: number): void {
  for (let column = 0; column < width; column++) to[toRow * width + column] = from[fromRow * width + column]!
}
