import { ValueColumn } from './value-column'

/**
 * Exponential moving average without the pull of its beginning, kept up as its source grows.
 *   s_n = (Σ_i w^(n-i) y_i) / (Σ_i w^(n-i)),  i = 1 … n
 *       = s_{n-1} + (1 - w)/(1 - w^n)·(y_n - s_{n-1})
 * Written as a correction, a constant stays exactly that constant from its first value on. Values that are absent, NaN or
 * infinite leave the average where it is.
 */
export class SmoothedColumn {
  readonly column = new ValueColumn()
  #average = 0
  /** w^n: what the weights still lack to 1. */
  #lack = 1
  #rewinds = 0

  /** @param weight w in [0, 1): how much of the past is kept */
  constructor(readonly source: ValueColumn, readonly weight: number) {
    this.#rewinds = source.rewinds
  }

  /** Takes in at most `most` further rows. @returns whether all are in */
  update(most = Infinity): boolean {
    if (this.source.rewinds !== this.#rewinds) {
      this.#rewinds = this.source.rewinds
      this.column.truncate(0)
      this.#average = 0
      this.#lack = 1
    }
    const end = Math.min(this.source.length, this.column.length + most)
    for (let row = this.column.length; row < end; row++) {
      const value = this.source.at(row)
      if (!Number.isFinite(value)) {
        this.column.push(undefined)
        continue
      }
      this.#lack *= this.weight
      this.#average += (1 - this.weight) / (1 - this.#lack) * (value - this.#average)
      this.column.push(this.#average)
    }
    return end === this.source.length
  }
}
