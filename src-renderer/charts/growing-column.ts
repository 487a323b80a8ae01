/** Rows of a piece: 2^15, 256 KiB. A multiple of what the extremes are summed up by, so that no such stretch is cut. */
const PIECE_BITS = 15
const PIECE = 1 << PIECE_BITS
/** Where in its piece a row stands: `row & PIECE_MASK`. */
export const PIECE_MASK = PIECE - 1
/** Of a first piece; it doubles until it is a whole one. */
const LEAST = 64

/**
 * Numbers appended one by one, in typed arrays of one size: growing never copies what is there, which at a million rows
 * would take longer than a frame. Lives outside Vue's proxies.
 */
export class GrowingColumn {
  readonly #pieces: Float64Array[] = []
  #length = 0

  static of(values: ArrayLike<number>): GrowingColumn {
    const column = new GrowingColumn()
    for (let row = 0; row < values.length; row++) column.push(values[row]!)
    return column
  }

  get length(): number {
    return this.#length
  }

  at(row: number): number {
    return row >= 0 && row < this.#length ? this.#pieces[row >>> PIECE_BITS]![row & PIECE_MASK]! : Number.NaN
  }

  /** The array that holds a row, for reading stretches of it; only rows below `length` mean anything. */
  pieceOf(row: number): Float64Array {
    return this.#pieces[row >>> PIECE_BITS]!
  }

  push(value: number): void {
    const at = this.#length & PIECE_MASK
    let piece = this.#pieces[this.#length >>> PIECE_BITS]
    if (piece === undefined || at === piece.length) piece = this.#widen(piece)
    piece[at] = value
    this.#length++
  }

  truncate(length: number): void {
    this.#length = Math.min(this.#length, Math.max(0, length))
  }

  /** First row from `from` on whose value is at least `value`; `length` when there is none. Values must not fall. */
  lowerBound(value: number, from = 0): number {
    let low = from
    let high = from
    // Ever longer strides first: what is near is found soon, however long the column is.
    for (let stride = 1; high < this.#length && this.at(high) < value; stride *= 2) {
      low = high + 1
      high += stride
    }
    high = Math.min(high, this.#length)
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.at(middle) < value) low = middle + 1
      else high = middle
    }
    return low
  }

  #widen(piece: Float64Array | undefined): Float64Array {
    const wider = new Float64Array(piece !== undefined ? piece.length * 2 : this.#length === 0 ? LEAST : PIECE)
    if (piece !== undefined) wider.set(piece)
    this.#pieces[this.#length >>> PIECE_BITS] = wider
    return wider
  }
}
