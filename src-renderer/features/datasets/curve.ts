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

/** One vertical stroke a bucket, from its minimum to its maximum, joined to the next; in a box of 1000 × 100. */
export function curvePath(points: readonly Point[], { min, max }: Range, rows: number): string {
  const y = (value: number) => (100 - (value - min) / (max - min) * 100).toFixed(2)
  const x = (row: number) => (row / Math.max(1, rows - 1) * 1000).toFixed(1)
  return points.map(([row, low, high], index) => `${index === 0 ? 'M' : 'L'}${x(row)} ${y(low)}${low === high ? '' : `L${x(row)} ${y(high)}`}`).join('')
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
