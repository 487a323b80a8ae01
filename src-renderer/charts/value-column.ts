import { GrowingColumn } from './growing-column'

/** Rows that share one stored minimum and maximum; the extremes of a long range then cost a 32nd of its rows. */
const BLOCK = 32

/**
 * One measured value a row. A row may have none; a row whose value is NaN or infinite is kept and remembered, because a
 * chart has to show that a run went wrong and where.
 */
export class ValueColumn {
  readonly #values = new GrowingColumn()
  readonly #blockMin = new GrowingColumn(64)
  readonly #blockMax = new GrowingColumn(64)
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
    if (row % BLOCK === 0) {
      this.#blockMin.push(Infinity)
      this.#blockMax.push(-Infinity)
    }
    if (value !== undefined && Number.isFinite(value)) {
      const block = this.#blockMin.length - 1
      if (value < this.#blockMin.data[block]!) this.#blockMin.data[block] = value
      if (value > this.#blockMax.data[block]!) this.#blockMax.data[block] = value
    }
  }

  truncate(length: number): void {
    if (length >= this.length) return
    this.#rewinds++
    this.#values.truncate(length)
    this.#bad = this.#bad.filter((row) => row < length)
    const blocks = Math.ceil(length / BLOCK)
    this.#blockMin.truncate(blocks)
    this.#blockMax.truncate(blocks)
    if (blocks > 0) this.#summarise(blocks - 1)
  }

  /** Smallest and largest finite value of rows [from, to); null when there is none. */
  extremes(from: number, to: number): { min: number; max: number } | null {
    let min = Infinity
    let max = -Infinity
    const values = this.#values.data
    let row = Math.max(0, from)
    const end = Math.min(to, this.length)
    while (row < end) {
      if (row % BLOCK === 0 && row + BLOCK <= end) {
        const block = row / BLOCK
        if (this.#blockMin.data[block]! < min) min = this.#blockMin.data[block]!
        if (this.#blockMax.data[block]! > max) max = this.#blockMax.data[block]!
        row += BLOCK
        continue
      }
      const value = values[row++]!
      if (!Number.isFinite(value)) continue
      if (value < min) min = value
      if (value > max) max = value
    }
    return min > max ? null : { min, max }
  }

  /** Last row of [from, to) with a finite value; -1 when there is none. */
  lastFinite(from: number, to: number): number {
    const start = Math.max(0, from)
    let row = Math.min(to, this.length) - 1
    while (row >= start) {
      if (Number.isFinite(this.#values.data[row]!)) return row
      const block = Math.floor(row / BLOCK)
      // A block without any finite value is stepped over whole.
      row = this.#blockMin.data[block]! > this.#blockMax.data[block]! ? block * BLOCK - 1 : row - 1
    }
    return -1
  }

  #summarise(block: number): void {
    let min = Infinity
    let max = -Infinity
    for (let row = block * BLOCK; row < Math.min((block + 1) * BLOCK, this.length); row++) {
      const value = this.#values.data[row]!
      if (!Number.isFinite(value)) continue
      min = Math.min(min, value)
      max = Math.max(max, value)
    }
    this.#blockMin.data[block] = min
    this.#blockMax.data[block] = max
  }
}
