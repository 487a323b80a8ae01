import { ValueColumn } from './value-column'

/**
 * Exponential moving average, kept up as its source grows.
 *   s_0 = y_0,  s_t = s_{t-1} + (1 - w)·(y_t - s_{t-1})
 * Written as a correction, a constant stays exactly that constant from its first value on. Values that are absent, NaN or
 * infinite leave the average where it is.
 */
export class SmoothedColumn {
  readonly column = new ValueColumn()
  #average = Number.NaN
  #rewinds = 0

  /** @param weight w in [0, 1): how much of the past is kept */
  constructor(readonly source: ValueColumn, readonly weight: number) {
    this.#rewinds = source.rewinds
  }

  update(): ValueColumn {
    if (this.source.rewinds !== this.#rewinds) {
      this.#rewinds = this.source.rewinds
      this.column.truncate(0)
      this.#average = Number.NaN
    }
    for (let row = this.column.length; row < this.source.length; row++) {
      const value = this.source.at(row)
      if (!Number.isFinite(value)) {
        this.column.push(undefined)
        continue
      }
      this.#average = Number.isNaN(this.#average) ? value : this.#average + (1 - this.weight) * (value - this.#average)
      this.column.push(this.#average)
    }
    return this.column
  }
}
