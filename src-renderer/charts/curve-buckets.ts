import { badMarks, bucketCurve, type Bucket, type Bucketed, bucketOf, type Domain, pointAt, rowsIn } from './bucket'
import type { CurveSource } from './metric-buffer'

/**
 * The buckets of one curve from one drawing to the next. Their edges lie on a grid of x that stays where it is while the
 * view grows with its run, so measurements that come only change the last bucket: of a million points, the newest alone
 * are looked at.
 */
export class CurveBuckets {
  #source: CurveSource | null = null
  #rewinds = 0
  #breadth = 0
  /** The first row in view. */
  #first = 0
  /** The row after those of `#whole`. */
  #next = 0
  /** Buckets that no further row will change. */
  #whole: Bucket[] = []

  /** What `bucketCurve` answers, of buckets up to a quarter broader than asked for. */
  update(source: CurveSource, domain: Domain, count: number): Bucketed {
    const [first, end] = rowsIn(source, domain)
    if (end - first <= count) return bucketCurve(source, domain, count)
    const breadth = gridBreadth((domain[1] - domain[0]) / count)
    if (!this.#goesOn(source, breadth, first, end)) {
      this.#source = source
      this.#rewinds = source.y.rewinds
      this.#breadth = breadth
      this.#first = first
      this.#next = first
      this.#whole = []
    }
    const open = this.#extend(source, end)
    const buckets = [...pointAt(source, source.y.lastFinite(0, first)), ...this.#whole, ...open, ...pointAt(source, end)]
    return { buckets, bad: badMarks(source, first, end, breadth) }
  }

  #goesOn({ x, y }: CurveSource, breadth: number, first: number, end: number): boolean {
    const known = this.#source
    return known !== null && known.y === y && known.x.column === x.column && known.x.scale === x.scale
      && y.rewinds === this.#rewinds && breadth === this.#breadth && first === this.#first && end >= this.#next
  }

  /** @returns the bucket that the newest row, or the view's edge, leaves open */
  #extend(source: CurveSource, end: number): Bucket[] {
    const { column, scale } = source.x
    while (this.#next < end) {
      const edge = (Math.floor(column.at(this.#next) * scale / this.#breadth) + 1) * this.#breadth
      const to = Math.max(this.#next + 1, column.lowerBound(edge / scale, this.#next))
      if (to >= end) return bucketOf(source, this.#next, end)
      this.#whole.push(...bucketOf(source, this.#next, to))
      this.#next = to
    }
    return []
  }
}

/** The smallest of 1, 1.25, 1.5, 1.75 times a power of two that is at least `least`. */
function gridBreadth(least: number): number {
  const power = 2 ** Math.floor(Math.log2(least))
  return power * Math.ceil(least / power * 4) / 4
}
