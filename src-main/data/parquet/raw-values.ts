import { physical } from './column-kind'
import { ParquetFault } from './parquet-errors'

/** Values as a page holds them, one after the other. */
export type RawValues =
  | { is: 'numbers'; values: Uint8Array | Int32Array | Float32Array | Float64Array }
  | { is: 'whole'; values: BigInt64Array }
  | { is: 'bytes'; bytes: Uint8Array; starts: Int32Array; ends: Int32Array }

const tooShort = () => new ParquetFault('a page ends before its values do')
const nanosADay = 86_400_000_000_000n

/** Plain encoding. @param width bytes of a value of fixed length */
export function plainValues(bytes: Uint8Array, type: number, width: number, count: number): RawValues {
  const sized = <T extends Int32Array | Float32Array | Float64Array | BigInt64Array>(make: new (buffer: ArrayBuffer) => T, size: number): T => {
    if (count * size > bytes.length) throw tooShort()
    // A copy of its own, which begins where such numbers may.
    return new make(new Uint8Array(bytes.subarray(0, count * size)).buffer)
  }
  switch (type) {
    case physical.boolean: {
      if (Math.ceil(count / 8) > bytes.length) throw tooShort()
      return { is: 'numbers', values: Uint8Array.from({ length: count }, (_, at) => (bytes[at >> 3]! >> (at & 7)) & 1) }
    }
    case physical.int32: return { is: 'numbers', values: sized(Int32Array, 4) }
    case physical.float: return { is: 'numbers', values: sized(Float32Array, 4) }
    case physical.double: return { is: 'numbers', values: sized(Float64Array, 8) }
    case physical.int64: return { is: 'whole', values: sized(BigInt64Array, 8) }
    case physical.int96: {
      if (count * 12 > bytes.length) throw tooShort()
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
      // Nanoseconds of the day, then a Julian day.
      return { is: 'whole', values: BigInt64Array.from({ length: count }, (_, at) => view.getBigInt64(12 * at, true) + BigInt(view.getInt32(12 * at + 8, true) - 2_440_588) * nanosADay) }
    }
    case physical.fixed: {
      if (!(width > 0) || count * width > bytes.length) throw tooShort()
      return { is: 'bytes', bytes, starts: Int32Array.from({ length: count }, (_, at) => at * width), ends: Int32Array.from({ length: count }, (_, at) => (at + 1) * width) }
    }
    case physical.bytes: {
      const [starts, ends] = [new Int32Array(count), new Int32Array(count)]
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
      let at = 0
      for (let index = 0; index < count; index++) {
        if (at + 4 > bytes.length) throw tooShort()
        const length = view.getUint32(at, true)
        if (at + 4 + length > bytes.length) throw tooShort()
        starts[index] = at + 4
        at = ends[index] = at + 4 + length
      }
      return { is: 'bytes', bytes, starts, ends }
    }
    default: throw new ParquetFault('a column has a type Parquet doesn\'t know')
  }
}

/** Each byte of the values in a stream of its own. */
export function splitValues(bytes: Uint8Array, type: number, width: number, count: number): RawValues {
  const size = { [physical.int32]: 4, [physical.float]: 4, [physical.int64]: 8, [physical.double]: 8 }[type] ?? width
  if (!(size > 0) || count * size > bytes.length) throw tooShort()
  const joined = new Uint8Array(count * size)
  for (let part = 0; part < size; part++) for (let at = 0; at < count; at++) joined[at * size + part] = bytes[part * count + at]!
  return plainValues(joined, type, width, count)
}

/** Differences between whole numbers, packed by block. @returns the numbers, and where they end */
export function deltaValues(bytes: Uint8Array, from: number, count: number, bits: 32 | 64): { values: BigInt64Array; end: number } {
  let at = from
  const byte = () => {
    if (at >= bytes.length) throw tooShort()
    return BigInt(bytes[at++]!)
  }
  const varint = () => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const part = byte()
      value |= (part & 127n) << shift
      if (part < 128n) return value
    }
    throw tooShort()
  }
  const zigzag = () => {
    const value = varint()
    return (value >> 1n) ^ -(value & 1n)
  }
  const [block, parts, total] = [Number(varint()), Number(varint()), Number(varint())]
  const size = block / parts
  if (total !== count || !(size > 0) || size % 32 !== 0 || parts > 1024 || block > 2 ** 20) throw new ParquetFault('a page of differences doesn\'t add up')
  const values = new BigInt64Array(count)
  let [made, last] = [0, zigzag()]
  if (count > 0) values[made++] = BigInt.asIntN(bits, last)
  while (made < count) {
    const least = zigzag()
    if (at + parts > bytes.length) throw tooShort()
    const widths = bytes.subarray(at, at += parts)
    for (let part = 0; part < parts && made < count; part++) {
      const width = widths[part]!
      if (width > 64 || at + width * size / 8 > bytes.length) throw tooShort()
      const start = at
      at += width * size / 8
      let [place, held, holds] = [start, 0n, 0n]
      const [wide, mask] = [BigInt(width), (1n << BigInt(width)) - 1n]
      for (let index = 0; index < size && made < count; index++) {
        while (holds < wide) {
          held |= BigInt(bytes[place++]!) << holds
          holds += 8n
        }
        last = BigInt.asIntN(bits, last + least + (held & mask))
        held >>= wide
        holds -= wide
        values[made++] = last
      }
    }
  }
  return { values, end: at }
}

/** Texts whose lengths come first, as differences. @param shared each begins with so much of the one before, whose lengths come before all */
export function deltaTexts(bytes: Uint8Array, count: number, shared: boolean): RawValues {
  const lengthsAt = (from: number) => deltaValues(bytes, from, count, 32)
  const prefixes = shared ? lengthsAt(0) : null
  const { values: lengths, end } = lengthsAt(prefixes?.end ?? 0)
  const [starts, ends] = [new Int32Array(count), new Int32Array(count)]
  let at = end
  if (prefixes === null) {
    lengths.forEach((length, index) => {
      starts[index] = at
      if (length < 0n || at + Number(length) > bytes.length) throw tooShort()
      at = ends[index] = at + Number(length)
    })
    return { is: 'bytes', bytes, starts, ends }
  }
  let made = new Uint8Array(Math.max(1024, 2 * bytes.length))
  let [to, before] = [0, 0]
  for (let index = 0; index < count; index++) {
    const [kept, length] = [Number(prefixes.values[index]!), Number(lengths[index]!)]
    if (!(kept >= 0 && length >= 0 && kept <= to - before && at + length <= bytes.length)) throw tooShort()
    if (to + kept + length > made.length) {
      if (made.length > 2 ** 28) throw new ParquetFault('a page of texts grows beyond all measure')
      const larger = new Uint8Array(2 * (made.length + length))
      larger.set(made)
      made = larger
    }
    starts[index] = to
    made.copyWithin(to, before, before + kept)
    made.set(bytes.subarray(at, at + length), to + kept)
    before = to
    to = ends[index] = to + kept + length
    at += length
  }
  return { is: 'bytes', bytes: made, starts, ends }
}
