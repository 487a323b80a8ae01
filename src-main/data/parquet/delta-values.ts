import { ParquetFault } from './parquet-errors'

const tooShort = () => new ParquetFault('a page ends before its values do')
/** Differences are counted in doubles as long as no sum can pass 2^53: then they are exact. */
const safe = 2 ** 52
const two32 = 2 ** 32
const mostParts = 1024
const mostBlock = 2 ** 20

/**
 * Differences between whole numbers, packed block by block: DELTA_BINARY_PACKED of 32 bits.
 * @returns the numbers, and where they end
 * @see https://parquet.apache.org/docs/file-format/data-pages/encodings/
 */
export function deltaWhole(bytes: Uint8Array, from: number, count: number): { values: Int32Array; end: number } {
  const reader = new Blocks(bytes, from, count)
  const values = new Int32Array(count)
  let last = Number(BigInt.asIntN(32, reader.first))
  if (count > 0) values[0] = last
  for (let made = 1; made < count;) {
    const least = Number(BigInt.asIntN(32, reader.leastOfBlock()))
    for (let part = 0; part < reader.parts && made < count; part++) {
      const width = reader.openPart(part)
      const end = Math.min(count, made + reader.size)
      // What is left of wider numbers falls out again in 32 bits.
      for (; made < end; made++) values[made] = last = last + least + (width <= 32 ? reader.bits(width) : Number(BigInt.asIntN(32, reader.wide(width)))) | 0
      reader.closePart()
    }
  }
  return { values, end: reader.at }
}

/** The same of 64 bits. */
export function deltaLong(bytes: Uint8Array, from: number, count: number): BigInt64Array {
  const reader = new Blocks(bytes, from, count)
  const values = new BigInt64Array(count)
  const halves = new Int32Array(values.buffer)
  let last = BigInt.asIntN(64, reader.first)
  if (count > 0) values[0] = last
  for (let made = 1; made < count;) {
    const least = reader.leastOfBlock()
    for (let part = 0; part < reader.parts && made < count; part++) {
      const width = reader.openPart(part)
      const end = Math.min(count, made + reader.size)
      const few = Number(least)
      let near = Number(last)
      if (width <= 32 && Math.abs(near) + (Math.abs(few) + two32) * reader.size < safe) {
        for (; made < end; made++) {
          near += few + reader.bits(width)
          halves[2 * made] = near
          halves[2 * made + 1] = Math.floor(near / two32)
        }
        last = BigInt(near)
      } else for (; made < end; made++) values[made] = last = BigInt.asIntN(64, last + least + reader.wide(width))
      reader.closePart()
    }
  }
  return values
}

/** The blocks, and the numbers packed into their parts. */
class Blocks {
  readonly parts: number
  /** Numbers a part. */
  readonly size: number
  readonly first: bigint
  private widths: Uint8Array = new Uint8Array(0)
  private next = 0
  private held = 0
  private holds = 0

  constructor(private readonly bytes: Uint8Array, public at: number, count: number) {
    const [block, parts, total] = [Number(this.varint()), Number(this.varint()), Number(this.varint())]
    this.size = block / parts
    this.parts = parts
    if (total !== count || !(this.size > 0) || this.size % 32 !== 0 || parts > mostParts || block > mostBlock) throw new ParquetFault('a page of differences doesn\'t add up')
    this.first = this.zigzag()
  }

  leastOfBlock(): bigint {
    const least = this.zigzag()
    if (this.at + this.parts > this.bytes.length) throw tooShort()
    this.widths = this.bytes.subarray(this.at, this.at += this.parts)
    return least
  }

  /** @returns bits a number */
  openPart(part: number): number {
    const width = this.widths[part]!
    this.next = this.at + width * this.size / 8
    if (width > 64 || this.next > this.bytes.length) throw tooShort()
    this.held = this.holds = 0
    return width
  }

  closePart(): void { this.at = this.next }

  /** The next number of up to 32 bits. */
  bits(width: number): number {
    if (width <= 24) {
      while (this.holds < width) {
        this.held |= this.bytes[this.at++]! << this.holds
        this.holds += 8
      }
      const value = this.held & (1 << width) - 1
      this.held >>>= width
      this.holds -= width
      return value
    }
    // Held in a double: up to 39 bits.
    while (this.holds < width) {
      this.held += this.bytes[this.at++]! * 2 ** this.holds
      this.holds += 8
    }
    const size = 2 ** width
    const value = this.held % size
    this.held = (this.held - value) / size
    this.holds -= width
    return value
  }

  /** The next number of up to 64 bits. */
  wide(width: number): bigint {
    let value = 0n
    for (let got = 0; got < width;) {
      if (this.holds === 0) {
        this.held = this.bytes[this.at++]!
        this.holds = 8
      }
      const taken = Math.min(this.holds, width - got)
      value |= BigInt(this.held & (1 << taken) - 1) << BigInt(got)
      this.held >>= taken
      this.holds -= taken
      got += taken
    }
    return value
  }

  private varint(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (this.at >= this.bytes.length) throw tooShort()
      const part = BigInt(this.bytes[this.at++]!)
      value |= (part & 127n) << shift
      if (part < 128n) return value
    }
    throw tooShort()
  }

  private zigzag(): bigint {
    const value = this.varint()
    return (value >> 1n) ^ -(value & 1n)
  }
}
