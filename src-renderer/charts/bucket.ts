import type { CurveSource } from './metric-buffer'

/** What one pixel's breadth of x holds. `row` and `x` are where its last value stands. */
export interface Bucket {
  row: number
  x: number
  last: number
  min: number
  max: number
}

export interface Bucketed {
  buckets: Bucket[]
  /** x of values that are NaN or infinite, at most one a bucket. */
  bad: number[]
}

export type Domain = readonly [low: number, high: number]

/**
 * Sorts the part of a curve that is in view into `count` buckets of equal breadth. A bucket keeps its smallest, largest
 * and last value, so a spike of a single step survives any zoom; nothing is sampled away. One point before and one after
 * the view are kept, so that the line runs to the edges.
 */
export function bucketCurve(source: CurveSource, domain: Domain, count: number): Bucketed {
  const { x: { column, scale }, y } = source
  const [low, high] = domain
  const [first, end] = rowsIn(source, domain)
  const buckets = pointAt(source, y.lastFinite(0, first))
  if (end - first <= count) {
    for (let row = first; row < end; row++) buckets.push(...pointAt(source, row))
  } else {
    const breadth = (high - low) / count
    let from = first
    for (let bucket = 1; bucket <= count && from < end; bucket++) {
      const to = bucket === count ? end : Math.min(end, column.lowerBound((low + bucket * breadth) / scale, from))
      buckets.push(...bucketOf(source, from, to))
      from = Math.max(from, to)
    }
  }
  buckets.push(...pointAt(source, end))
  return { buckets, bad: badMarks(source, first, end, (high - low) / count) }
}

/** The rows in view: [first, end). */
export function rowsIn({ x: { column, scale }, y }: CurveSource, [low, high]: Domain): [first: number, end: number] {
  const first = column.lowerBound(low / scale)
  return [first, Math.min(column.length, y.length, upperBound(column, high / scale))]
}

/** A row as a bucket of its own; nothing where it has no value. */
export function pointAt({ x: { column, scale }, y }: CurveSource, row: number): Bucket[] {
  const value = row < 0 ? Number.NaN : y.at(row)
  return Number.isFinite(value) ? [{ row, x: column.at(row) * scale, last: value, min: value, max: value }] : []
}

/** Rows [from, to) as a bucket; nothing where none has a value. */
export function bucketOf({ x: { column, scale }, y }: CurveSource, from: number, to: number): Bucket[] {
  const extremes = to > from ? y.extremes(from, to) : null
  if (extremes === null) return []
  const last = y.lastFinite(from, to)
  return [{ row: last, x: column.at(last) * scale, last: y.at(last), ...extremes }]
}

/** Smallest and largest x of several curves; [0, 1] when there are no points at all. */
export function domainOf(curves: readonly CurveSource[]): [number, number] {
  let low = Infinity
  let high = -Infinity
  for (const { x } of curves) {
    if (x.column.length === 0) continue
    low = Math.min(low, x.column.at(0) * x.scale)
    high = Math.max(high, x.column.at(x.column.length - 1) * x.scale)
  }
  if (low > high) return [0, 1]
  return low === high ? [low - 0.5, high + 0.5] : [low, high]
}

/** The row with a value that lies nearest to `at`; -1 when the curve has none. */
export function nearestRow({ x, y }: CurveSource, at: number): number {
  const { column, scale } = x
  const after = Math.min(column.lowerBound(at / scale), y.length)
  const before = y.lastFinite(0, after)
  let next = after
  while (next < y.length && !Number.isFinite(y.at(next))) next++
  if (next >= y.length) return before
  if (before < 0) return next
  return at - column.at(before) * scale <= column.at(next) * scale - at ? before : next
}

function upperBound(column: CurveSource['x']['column'], value: number): number {
  let row = column.lowerBound(value)
  while (row < column.length && column.at(row) === value) row++
  return row
}

/** x of bad rows, at most one every `breadth`. */
export function badMarks({ x, y }: CurveSource, first: number, end: number, breadth: number): number[] {
  const marks: number[] = []
  for (const row of y.bad) {
    if (row < first || row >= end) continue
    const at = x.column.at(row) * x.scale
    if (marks.length === 0 || at - marks[marks.length - 1]! >= breadth) marks.push(at)
  }
  return marks
}
