import { UnrollError } from '@shared/errors'
import { paddedTo } from '@shared/model/buckets'
import type { Random } from '../random'
import { bucketedOrder, byBucket, type Buckets } from './buckets'

/** Where the rows of a batch lie: position of a row's first step, and its valid steps. */
export interface Layout {
  /** Steps of the longest batch. */
  readonly steps: number
  readonly batch: number
  /** Batches an epoch. */
  readonly batches: number
  /** Draws an epoch's order, [batches · batch], −1 for an empty row; null where the order is fixed. */
  draw(random: Random): Int32Array | null
  /** Whether row b of a batch goes on where row b of the batch before ended. */
  readonly continuous: boolean
  /** Steps that a batch is padded to whose longest row has `longest`. */
  padded(longest: number): number
  /** Length 0: an empty row, to fill a partial batch up. */
  row(index: number, row: number, order: Int32Array | null): { start: number; length: number }
}

/**
 * Streams for training: `lane = floor(positions / batch)`; row b of window w starts at `b·lane + w·window`.
 * A last incomplete window is left out (docs/experiment-file.md).
 * @throws UnrollError `dataset.too-short`
 */
export function lanes(positions: number, batch: number, window: number): Layout {
  const lane = Math.floor(positions / batch)
  const batches = Math.floor(lane / window)
  if (batches === 0) throw tooShort(positions, batch, window)
  return {
    ...streamed(window), batch, batches,
    row: (index, row) => ({ start: row * lane + index * window, length: window }),
  }
}

/**
 * Streams for evaluation: every position exactly once. At most `batch` lanes, none shorter than a window where that can be
 * had, each read from its start with a zero state that then flows from window to window; so an evaluation costs no more
 * steps than the part has, and only a lane's first steps know less than they would in one pass.
 */
export function wholeLanes(positions: number, batch: number, window: number): Layout {
  const count = Math.max(1, Math.min(batch, Math.floor(positions / window)))
  const [lane, left] = [Math.floor(positions / count), positions % count]
  const lengthOf = (row: number) => (row >= count ? 0 : lane + (row < left ? 1 : 0))
  return {
    ...streamed(window), batch, batches: Math.ceil((lane + (left > 0 ? 1 : 0)) / window),
    row: (index, row) => ({
      start: row * lane + Math.min(row, left) + index * window,
      length: Math.max(0, Math.min(window, lengthOf(row) - index * window)),
    }),
  }
}

/**
 * Windows that start every `stride` positions, each with a zero state, in order or shuffled; a last partial batch is kept.
 * @throws UnrollError `dataset.too-short`
 */
export function windows(positions: number, batch: number, window: number, stride: number, shuffle: boolean): Layout {
  if (positions < window) throw tooShort(positions, 1, window)
  const count = Math.floor((positions - window) / stride) + 1
  return {
    steps: window, batch, batches: Math.ceil(count / batch), continuous: false, padded: () => window,
    draw: (random) => (shuffle ? random.permutation(count) : null),
    row: (index, row, order) => itemAt(index * batch + row, order, count, (item) => ({ start: item * stride, length: window })),
  }
}

/**
 * Several series one after the other, each from a zero state, none read across its border. For training windows every
 * `stride` positions of each, a series shorter than a window being one row; for evaluation (`stride` null) every position
 * exactly once, in windows one after the other of which each series' last may be shorter.
 * @param starts first position of each series, rising from 0
 */
export function manyStreams(starts: Int32Array, positions: number, batch: number, window: number, stride: number | null, shuffle: boolean): Layout {
  const rows: Row[] = []
  starts.forEach((from, index) => {
    const to = starts[index + 1] ?? positions
    if (stride === null) for (let start = from; start < to; start += window) rows.push({ start, length: Math.min(window, to - start) })
    else if (to > from && to - from < window) rows.push({ start: from, length: to - from })
    else for (let start = from; start + window <= to; start += stride) rows.push({ start, length: window })
  })
  const count = rows.length
  if (count === 0) throw tooShort(positions, 1, window)
  const size = Math.min(batch, count)
  return {
    steps: window, batch: size, batches: Math.ceil(count / size), continuous: false, padded: () => window,
    draw: (random) => (shuffle ? random.permutation(count) : null),
    row: (index, row, order) => itemAt(index * size + row, order, count, (item) => rows[item]!),
  }
}

/** How a set of sequences is gone through: as they stand, shuffled anew each epoch, or bucket by bucket. */
export type SequenceOrder = 'file' | 'shuffled' | 'sorted'

/**
 * Sequence sets. A last partial batch is kept; in shuffled order it may be any.
 * @param stride positions from the start of a sequence to that of the next
 */
export function sequences(stride: number, lengths: ArrayLike<number>, buckets: Buckets, batch: number, order: SequenceOrder): Layout {
  const count = lengths.length
  const bounds = buckets.bounds[0]!
  const sorted = order === 'sorted' && buckets.count > 1 ? byBucket(buckets, Int32Array.from({ length: count }, (_, index) => index)) : null
  return {
    steps: bounds.at(-1)!, batch, batches: Math.ceil(count / batch), continuous: false,
    padded: (longest) => paddedTo(bounds, longest),
    draw(random) {
      if (order !== 'shuffled') return null
      // Where all are of one length nothing is gained by bringing them together.
      return buckets.count > 1 ? bucketedOrder(buckets, batch, random) : random.permutation(count)
    },
    row: (index, row, drawn) => itemAt(index * batch + row, drawn ?? sorted, count, (item) => ({ start: item * stride, length: lengths[item]! })),
  }
}

const streamed = (window: number): Pick<Layout, 'steps' | 'continuous' | 'draw' | 'padded'> => ({ steps: window, continuous: true, draw: () => null, padded: () => window })

interface Row { start: number; length: number }

/** @param order shorter than all rows where only the last batch is not full */
function itemAt(at: number, order: Int32Array | null, count: number, rowOf: (item: number) => Row): Row {
  const item = order === null ? at : order[at] ?? -1
  return item >= 0 && item < count ? rowOf(item) : { start: 0, length: 0 }
}

function tooShort(positions: number, batch: number, window: number): UnrollError {
  const most = Math.floor(positions / window)
  const rows = batch === 1 ? '' : `${batch} lanes of at least `
  const total = batch === 1 ? '' : `, ${(batch * window).toLocaleString('en')} in all`
  const message = `Training needs ${rows}${window} steps (training.window)${total}, but the training part has ${positions.toLocaleString('en')}.`
  const shorter = Math.floor(positions / batch)
  const hint = most >= 1
    ? `Set training.batchSize to ${most} or less${shorter >= 1 ? `, or training.window to ${shorter} or less` : ''}.`
    : positions >= 1
      ? `Set training.window to ${Math.max(1, shorter)} or less${shorter < 1 ? ` and training.batchSize to ${positions} or less` : ''}, or hold less data out for validation and test.`
      : 'Use more data, or hold less of it out for validation and test.'
  return new UnrollError('dataset.too-short', message, { hint })
}
