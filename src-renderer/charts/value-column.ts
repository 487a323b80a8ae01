import { ExtremesPyramid } from './extremes-pyramid'
import { GrowingColumn } from './growing-column'

/**
 * One measured value a row. A row may have none; a row whose value is NaN or infinite is kept and remembered, because a
 * chart has to show that a run went wrong and where.
 */
export class ValueColumn {
  readonly #values = new GrowingColumn()
  readonly #extremes = new ExtremesPyramid(this.#values)
  #bad: number[] = []
  #rewinds = 0

  /** NaN in `values` means that the row has no value. */
  static of(values: ArrayLike<number>): ValueColumn {
    const column = new ValueColumn()
    for (let row = 0; row < values.length; row++) column.push(Number.isNaN(values[row]!) ? undefined : values[row])
    return column
  }

  get length(): number {
    return this.#values.length
  }

  /** Rows whose value is NaN or infinite, rising. */
  get bad(): readonly number[] {
    return this.#bad
  }

  /** Grows whenever rows were taken away, so that what was derived from them can be made anew. */
  get rewinds(): number {
    return this.#rewinds
  }

  /** NaN where the row has no value. */
  at(row: number): number {
    return this.#values.at(row)
  }

  push(value: number | undefined): void {
    const row = this.#values.length
    if (value !== undefined && !Number.isFinite(value)) this.#bad.push(row)
    this.#values.push(value ?? Number.NaN)
    this.#extremes.add()
  }

  truncate(length: number): void {
    if (length >= this.length) return
    this.#rewinds++
    this.#values.truncate(length)
    this.#bad = this.#bad.filter((row) => row < length)
    this.#extremes.truncate()
  }

  /** Smallest and largest finite value of rows [from, to); null when there is none. */
  extremes(from: number, to: number): { min: number; max: number } | null {
    return this.#extremes.of(from, to)
  }

  /** Last row of [from, to) with a finite value; -1 when there is none. */
  lastFinite(from: number, to: number): number {
    return this.#extremes.lastFinite(from, to)
  }
}
