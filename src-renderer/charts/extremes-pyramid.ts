import { GrowingColumn, PIECE_MASK } from './growing-column'

/** Entries of one level that one entry of the next stands for: 2^5. */
const FAN_BITS = 5

/** One entry each time `1 << bits` rows are full. */
interface Level {
  readonly bits: number
  readonly min: GrowingColumn
  readonly max: GrowingColumn
}

/**
 * Smallest and largest finite value of every 32, 1,024, 32,768 … rows, kept as rows come: the extremes of any stretch
 * cost a few entries a level, however long it is. An entry is written when its rows are full.
 */
export class ExtremesPyramid {
  readonly #levels: Level[] = []

  /** @param values what it sums up; grows and shrinks with `add` and `truncate` */
  constructor(readonly values: GrowingColumn) {}

  /** To be told after each row that was appended to the values. */
  add(): void {
    const { length } = this.values
    for (let level = 0, bits = FAN_BITS; (length & ((1 << bits) - 1)) === 0; level++, bits += FAN_BITS) {
      const { min, max } = this.#levels[level] ??= { bits, min: new GrowingColumn(), max: new GrowingColumn() }
      const [low, high] = level === 0 ? [this.values, this.values] : [this.#levels[level - 1]!.min, this.#levels[level - 1]!.max]
      let [least, most] = [Infinity, -Infinity]
      const from = low.length - (1 << FAN_BITS)
      const [lows, highs, first] = [low.pieceOf(from), high.pieceOf(from), from & PIECE_MASK]
      for (let at = first; at < first + (1 << FAN_BITS); at++) {
        const [a, b] = [lows[at]!, highs[at]!]
        if (a < least && a > -Infinity) least = a
        if (b > most && b < Infinity) most = b
      }
      min.push(least)
      max.push(most)
    }
  }

  /** After rows were taken away from the values. */
  truncate(): void {
    for (const { bits, min, max } of this.#levels) {
      min.truncate(this.values.length >>> bits)
      max.truncate(this.values.length >>> bits)
    }
  }

  /** Of rows [from, to); null when none is finite. */
  of(from: number, to: number): { min: number; max: number } | null {
    let [low, high] = [Infinity, -Infinity]
    const end = Math.min(to, this.values.length)
    for (let row = Math.max(0, from); row < end;) {
      let level = -1
      while (level + 1 < this.#levels.length && fits(this.#levels[level + 1]!.bits, row, end)) level++
      if (level < 0) {
        // Rows up to where an entry may begin.
        const stop = Math.min(end, ((row >>> FAN_BITS) + 1) << FAN_BITS)
        const piece = this.values.pieceOf(row)
        for (; row < stop; row++) {
          const value = piece[row & PIECE_MASK]!
          if (value < low && value > -Infinity) low = value
          if (value > high && value < Infinity) high = value
        }
        continue
      }
      const { bits, min, max } = this.#levels[level]!
      const entry = row >>> bits
      const [least, most] = [min.at(entry), max.at(entry)]
      if (least < low) low = least
      if (most > high) high = most
      row += 1 << bits
    }
    return low > high ? null : { min: low, max: high }
  }

  /** The last finite row of [from, to); -1 when there is none. */
  lastFinite(from: number, to: number): number {
    const start = Math.max(0, from)
    let row = Math.min(to, this.values.length) - 1
    while (row >= start) {
      if (Number.isFinite(this.values.at(row))) return row
      // The longest full stretch that holds this row and nothing finite is stepped over whole.
      let next = row - 1
      for (const { bits, min, max } of this.#levels) {
        const entry = row >>> bits
        if (entry >= min.length || min.at(entry) <= max.at(entry)) break
        next = (entry << bits) - 1
      }
      row = next
    }
    return -1
  }
}

/** Whether an entry of `1 << bits` rows begins at `row` and ends by `end`. */
const fits = (bits: number, row: number, end: number): boolean => (row & ((1 << bits) - 1)) === 0 && row + (1 << bits) <= end
