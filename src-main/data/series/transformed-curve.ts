import { differenceTerms, hasLog, logOf, reachOf, type LogKind, type Term } from '../../engine/series/transforms'
import { ThinCurve, type Bucket } from './thin-curve'

/** A column as it is after its logarithm and differences, seen value by value in bounded memory. */
export class TransformedCurve {
  /** The first value that has no logarithm. */
  firstBad: { value: number; row: number; line: number } | null = null
  private readonly curve = new ThinCurve()
  private readonly terms: Term[]
  private readonly reach: number
  /** The last logged values, one after the other round. */
  private readonly last: Float64Array
  private rows = 0

  constructor(private readonly log: LogKind, difference: readonly number[]) {
    this.terms = differenceTerms(difference)
    this.reach = reachOf(difference)
    this.last = new Float64Array(this.reach + 1)
  }

  add(value: number, row: number, line: number): void {
    if (!hasLog(this.log, value)) this.firstBad ??= { value, row, line }
    const { last, reach, rows } = this
    last[rows % (reach + 1)] = logOf(this.log, value)
    this.rows++
    if (rows < reach) return
    let sum = 0
    for (const { back, sign } of this.terms) sum += sign * last[(rows - back) % (reach + 1)]!
    if (Number.isFinite(sum)) this.curve.add(sum)
  }

  points(): Bucket[] {
    return this.curve.points().map(([row, min, max]) => [row + this.reach, min, max])
  }
}
