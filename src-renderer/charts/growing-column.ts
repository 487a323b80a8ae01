/** Numbers appended one by one, in one typed array that doubles when full. Lives outside Vue's proxies. */
export class GrowingColumn {
  #data: Float64Array
  #length = 0

  constructor(capacity = 1024) {
    this.#data = new Float64Array(capacity)
  }

  static of(values: ArrayLike<number>): GrowingColumn {
    const column = new GrowingColumn(Math.max(values.length, 1))
    for (let row = 0; row < values.length; row++) column.push(values[row]!)
    return column
  }

  get length(): number {
    return this.#length
  }

  /** The backing array; only the first `length` entries mean anything, and it is replaced as the column grows. */
  get data(): Float64Array {
    return this.#data
  }

  at(row: number): number {
    return row >= 0 && row < this.#length ? this.#data[row]! : Number.NaN
  }

  push(value: number): void {
    if (this.#length === this.#data.length) {
      const wider = new Float64Array(this.#data.length * 2)
      wider.set(this.#data)
      this.#data = wider
    }
    this.#data[this.#length++] = value
  }

  truncate(length: number): void {
    this.#length = Math.min(this.#length, Math.max(0, length))
  }

  /** First row from `from` on whose value is at least `value`; `length` when there is none. Values must not fall. */
  lowerBound(value: number, from = 0): number {
    let low = from
    let high = from
    // Ever longer strides first: what is near is found soon, however long the column is.
    for (let stride = 1; high < this.#length && this.#data[high]! < value; stride *= 2) {
      low = high + 1
      high += stride
    }
    high = Math.min(high, this.#length)
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#data[middle]! < value) low = middle + 1
      else high = middle
    }
    return low
  }
}
