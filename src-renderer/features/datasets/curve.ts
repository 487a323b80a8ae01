type Point = readonly [row: number, min: number, max: number]

export interface Range { min: number; max: number }

/** Smallest and largest value; a constant series gets room on both sides. */
export function rangeOf(points: readonly Point[]): Range {
  let [min, max] = [Infinity, -Infinity]
  for (const [, low, high] of points) {
    if (low < min) min = low
    if (high > max) max = high
  }
  if (min > max) return { min: 0, max: 1 }
  return min === max ? { min: min - 1, max: max + 1 } : { min, max }
}

/** At most `most` buckets: neighbours merged, their extremes kept. */
export function merged(points: readonly Point[], most: number): Point[] {
  const group = Math.ceil(points.length / most)
  if (group <= 1) return [...points]
  const out: Point[] = []
  for (let start = 0; start < points.length; start += group) {
    const members = points.slice(start, start + group)
    const { min, max } = members.reduce((range, [, low, high]) => ({ min: Math.min(range.min, low), max: Math.max(range.max, high) }), { min: Infinity, max: -Infinity })
    out.push([members[members.length >> 1]![0], min, max])
  }
  return out
}

export interface Drawn {
  /** From each bucket's maximum over all rows and back along the minima; empty where every bucket is one value. */
  band: string
  /** The middle between minimum and maximum. */
  line: string
}

/** Paths in a box of 1000 × 100. */
export function draw(points: readonly Point[], { min, max }: Range, rows: number): Drawn {
  const y = (value: number) => (100 - (value - min) / (max - min) * 100).toFixed(2)
  const x = (row: number) => (row / Math.max(1, rows - 1) * 1000).toFixed(1)
  const path = (values: readonly [number, number][]) => values.map(([row, value], index) => `${index === 0 ? 'M' : 'L'}${x(row)} ${y(value)}`).join('')
  const single = points.every(([, low, high]) => low === high)
  const outline: [number, number][] = [...points.map(([row, , high]): [number, number] => [row, high]), ...points.map(([row, low]): [number, number] => [row, low]).reverse()]
  return { band: single || points.length === 0 ? '' : `${path(outline)}Z`, line: path(points.map(([row, low, high]) => [row, (low + high) / 2])) }
}

/** The bucket whose row is nearest. */
export function nearestBucket(points: readonly Point[], row: number): Point | null {
  let [from, to] = [0, points.length - 1]
  while (to - from > 1) {
    const middle = (from + to) >> 1
    if (points[middle]![0] <= row) from = middle
    else to = middle
  }
  const [left, right] = [points[from], points[to]]
  if (!left || !right) return left ?? null
  return row - left[0] <= right[0] - row ? left : right
}
