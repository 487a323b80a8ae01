import { UnrollError } from '@shared/errors'

/** Where the rows of a batch lie: position of a row's first step, and its valid steps. */
export interface Layout {
  readonly steps: number
  readonly batch: number
  /** Batches an epoch. */
  readonly batches: number
  /** What an epoch's shuffling permutes; 0 where order is fixed. */
  readonly shuffled: number
  /** Whether row b of a batch goes on where row b of the batch before ended. */
  readonly continuous: boolean
  /** Length 0: an empty row, to fill a last partial batch up. */
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
    steps: window, batch, batches, shuffled: 0, continuous: true,
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
    steps: window, batch, batches: Math.ceil((lane + (left > 0 ? 1 : 0)) / window), shuffled: 0, continuous: true,
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
  return { ...items(count, batch, window, shuffle), row: (index, row, order) => itemAt(index, row, order, batch, count, window, stride) }
}

/** Sequence sets: in file order or shuffled; a last partial batch is kept. */
export function sequences(count: number, steps: number, lengths: Int32Array | null, batch: number, shuffle: boolean): Layout {
  return {
    ...items(count, batch, steps, shuffle),
    row(index, row, order) {
      const item = itemAt(index, row, order, batch, count, steps, steps)
      return { start: item.start, length: item.length && (lengths?.[item.start / steps] ?? steps) }
    },
  }
}

const items = (count: number, batch: number, steps: number, shuffle: boolean) =>
  ({ steps, batch, batches: Math.ceil(count / batch), shuffled: shuffle ? count : 0, continuous: false })

function itemAt(index: number, row: number, order: Int32Array | null, batch: number, count: number, steps: number, stride: number) {
  const at = index * batch + row
  return at < count ? { start: (order?.[at] ?? at) * stride, length: steps } : { start: 0, length: 0 }
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
