import type { ValueColumn } from './value-column'

/** What an old value may weigh at most and still be left out of the average: far below a pixel, near what doubles tell apart. */
const FORGOTTEN = 1e-13

/**
 * Exponential moving average without the pull of its beginning:
 *   s_n = (Σ_i w^(n-i) y_i) / (Σ_i w^(n-i)),  i = 1 … n
 *       = s_{n-1} + (1 - w)/(1 - w^n)·(y_n - s_{n-1})
 * Written as a correction, a constant stays exactly that constant from its first value on. Values that are absent, NaN or
 * infinite leave the average where it is. A value older than log(1e-13)/log(w) others has no weight left, so the average
 * of any row is that of a short stretch before it: of a million points, those that are drawn alone are reckoned.
 */
export class Smoothing {
  #averages = new Map<number, number>()
  #rewinds: number
  /** How many values count. */
  readonly #reach: number

  /** @param weight w in [0, 1): how much of the past is kept */
  constructor(readonly source: ValueColumn, readonly weight: number) {
    this.#rewinds = source.rewinds
    this.#reach = weight > 0 ? Math.ceil(Math.log(FORGOTTEN) / Math.log(weight)) : 1
  }

  /** The average after each of these rows, which rise. Those asked for the last time are remembered. */
  of(rows: readonly number[]): number[] {
    if (this.source.rewinds !== this.#rewinds) {
      this.#rewinds = this.source.rewinds
      this.#averages.clear()
    }
    const averages = new Map<number, number>()
    /** The row up to which `average` and `lack`, w^n, hold. */
    let [row, average, lack] = [-1, 0, 1]
    for (const asked of rows) {
      const known = this.#averages.get(asked)
      if (known !== undefined) {
        averages.set(asked, known)
        continue
      }
      const start = this.#start(asked, row)
      if (start > row + 1) [average, lack] = [0, 1]
      for (row = start; row <= asked; row++) {
        const value = this.source.at(row)
        if (!Number.isFinite(value)) continue
        lack *= this.weight
        average += (1 - this.weight) / (1 - lack) * (value - average)
      }
      row = asked
      averages.set(asked, average)
    }
    this.#averages = averages
    return rows.map((asked) => averages.get(asked)!)
  }

  /** Where to begin for a row: after `done` when what is kept from there still counts, else as far back as counts. */
  #start(row: number, done: number): number {
    let start = row + 1
    for (let count = 0; count < this.#reach && start > done + 1;) if (Number.isFinite(this.source.at(--start))) count++
    return start
  }
}
