import { numberIn } from './cells'

/** 10^0 … 10^22: the powers of ten that a double holds exactly. */
const powers = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`))
const [zero, plus, minus, point, comma, upperE, lowerE, space, lineFeed, carriageReturn] = [0x30, 0x2b, 0x2d, 0x2e, 0x2c, 0x45, 0x65, 0x20, 0x0a, 0x0d]

/** The cells of the row under way, as places in the bytes read; valid until the next row. */
export class TableCells {
  count = 0
  bytes: Uint8Array = new Uint8Array(0)
  starts = new Int32Array(64)
  ends = new Int32Array(64)
  /** 1 where quotes inside the cell are written twice. */
  doubled = new Uint8Array(64)

  constructor(private readonly decimalComma: boolean) {}

  /** Makes sure that the cell's bytes stand where `starts` and `ends` say. */
  settle(_field: number): void {}

  /** Whether the cell is a number whose text is that of its value, which needs no looking up. */
  isPlain(_field: number): boolean { return false }

  add(start: number, end: number, doubled: boolean): void {
    const { count } = this
    if (count === this.starts.length) this.grow()
    this.starts[count] = start
    this.ends[count] = end
    this.doubled[count] = doubled ? 1 : 0
    this.count = count + 1
  }

  /** The line that a cell begins in, of a row that ends in line `end`: quoted cells behind it may hold line ends. */
  lineOf(field: number, end: number): number {
    if (end === 0 || this.count === 0) return end
    let line = end
    const last = this.ends[this.count - 1]!
    for (let at = this.starts[field]!; at < last; at++) if (this.bytes[at] === lineFeed || (this.bytes[at] === carriageReturn && this.bytes[at + 1] !== lineFeed)) line--
    return line
  }

  isEmpty(field: number): boolean { return this.starts[field] === this.ends[field] }

  /** The cell as written, without its quotes. */
  text(field: number): string {
    const [start, end] = [this.starts[field]!, this.ends[field]!]
    const text = Buffer.from(this.bytes.buffer, this.bytes.byteOffset + start, end - start).toString()
    return this.doubled[field] === 1 ? text.replaceAll('""', '"') : text
  }

  texts(): string[] {
    return Array.from({ length: this.count }, (_, field) => this.text(field))
  }

  /** As `numberIn`: NaN when the cell isn't a number that the engine can hold. */
  number(field: number): number {
    const [start, end] = [this.starts[field]!, this.ends[field]!]
    if (start === end) return NaN
    const value = plainNumber(this.bytes, start, end, this.decimalComma)
    return value === undecided ? numberIn(this.text(field), this.decimalComma) : value
  }

  private grow(): void {
    const length = 2 * this.starts.length
    const [starts, ends, doubled] = [new Int32Array(length), new Int32Array(length), new Uint8Array(length)]
    starts.set(this.starts)
    ends.set(this.ends)
    doubled.set(this.doubled)
    this.starts = starts
    this.ends = ends
    this.doubled = doubled
  }
}

/** No number that `plainNumber` gives: another reader has to say. */
const undecided = Infinity
/** Digits whose number is below 2^31, so that most numbers are made in integer arithmetic. */
const fewDigits = 9

/**
 * A decimal number whose digits make an integer m ≤ 2^53 and whose power of ten is within ±22: then m and 10^|e| are exact
 * and so their product or quotient is correctly rounded (Clinger 1990, "How to read floating point numbers accurately").
 * @returns NaN when it is no number; `undecided` when `Number` has to read it
 */
function plainNumber(bytes: Uint8Array, from: number, to: number, decimalComma: boolean): number {
  let at = from
  while (at < to && bytes[at] === space) at++
  let end = to
  while (end > at && bytes[end - 1] === space) end--
  const sign = bytes[at]
  if (at < end && (sign === minus || sign === plus)) at++
  /** Where digits begin, and where they would without a separator. */
  const first = at
  let separator = -1
  let few = 0
  let mantissa = -1
  for (; at < end; at++) {
    const byte = bytes[at]!
    const digit = byte - zero
    if (digit >= 0 && digit <= 9) {
      if (at - first < fewDigits) few = 10 * few + digit | 0
      else {
        mantissa = 10 * (mantissa < 0 ? few : mantissa) + digit
        if (mantissa > Number.MAX_SAFE_INTEGER) return undecided
      }
    } else if (separator < 0 && (byte === point || (byte === comma && decimalComma))) separator = at
    else break
  }
  const digits = at - first - (separator < 0 ? 0 : 1)
  // Only ASCII is known here: what else counts as a space, others know.
  if (digits === 0) return at < end && (bytes[at]! > 0x7e || bytes[at]! < space) ? undecided : NaN
  let exponent = separator < 0 ? 0 : separator + 1 - at
  if (at < end) {
    if (bytes[at] !== lowerE && bytes[at] !== upperE) return bytes[at]! > 0x7e || bytes[at]! < space ? undecided : NaN
    const power = exponentIn(bytes, at + 1, end)
    if (power === undecided) return undecided
    exponent += power
  }
  if (exponent < -22 || exponent > 22) return undecided
  const value = mantissa < 0 ? few : mantissa
  const scaled = exponent < 0 ? value / powers[-exponent]! : value * powers[exponent]!
  return sign === minus ? -scaled : scaled
}

/** The number after an e; `undecided` when there is none, or one of more than three digits. */
function exponentIn(bytes: Uint8Array, from: number, end: number): number {
  let at = from
  const sign = bytes[at]
  if (sign === minus || sign === plus) at++
  if (at >= end || end - at > 3) return undecided
  let value = 0
  for (; at < end; at++) {
    const digit = bytes[at]! - zero
    if (!(digit >= 0 && digit <= 9)) return undecided
    value = 10 * value + digit
  }
  return sign === minus ? -value : value
}
