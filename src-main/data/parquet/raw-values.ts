import { physical } from './column-kind'
import { deltaWhole } from './delta-values'
import { ParquetFault } from './parquet-errors'

/** Values as a page holds them, one after the other. */
export type RawValues =
  | { is: 'numbers'; values: Uint8Array | Int32Array | Float32Array | Float64Array }
  | { is: 'whole'; values: BigInt64Array }
  | { is: 'bytes'; bytes: Uint8Array; starts: Int32Array; ends: Int32Array }
  /** Days since 1970, and nanoseconds of each. */
  | { is: 'stamps'; days: Int32Array; nanos: Float64Array }

const tooShort = () => new ParquetFault('a page ends before its values do')
const julian1970 = 2_440_588

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
      const values = new Uint8Array(count)
      for (let at = 0; at < count; at++) values[at] = (bytes[at >> 3]! >> (at & 7)) & 1
      return { is: 'numbers', values }
    }
    case physical.int32: return { is: 'numbers', values: sized(Int32Array, 4) }
    case physical.float: return { is: 'numbers', values: sized(Float32Array, 4) }
    case physical.double: return { is: 'numbers', values: sized(Float64Array, 8) }
    case physical.int64: return { is: 'whole', values: sized(BigInt64Array, 8) }
    case physical.int96: {
      if (count * 12 > bytes.length) throw tooShort()
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
      const [days, nanos] = [new Int32Array(count), new Float64Array(count)]
      for (let at = 0; at < count; at++) {
        nanos[at] = view.getInt32(12 * at + 4, true) * 2 ** 32 + view.getUint32(12 * at, true)
        days[at] = view.getInt32(12 * at + 8, true) - julian1970
      }
      return { is: 'stamps', days, nanos }
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
  for (let part = 0; part < size; part++) for (let at = 0, from = part * count, to = part; at < count; at++, to += size) joined[to] = bytes[from + at]!
  return plainValues(joined, type, width, count)
}

/** Texts whose lengths come first, as differences. @param shared each begins with so much of the one before, whose lengths come before all */
export function deltaTexts(bytes: Uint8Array, count: number, shared: boolean): RawValues {
  const prefixes = shared ? deltaWhole(bytes, 0, count) : null
  const { values: lengths, end } = deltaWhole(bytes, prefixes?.end ?? 0, count)
  const [starts, ends] = [new Int32Array(count), new Int32Array(count)]
  let at = end
  if (prefixes === null) {
    for (let index = 0; index < count; index++) {
      const length = lengths[index]!
      starts[index] = at
      if (length < 0 || at + length > bytes.length) throw tooShort()
      at = ends[index] = at + length
    }
    return { is: 'bytes', bytes, starts, ends }
  }
  let made = new Uint8Array(Math.max(1024, 2 * bytes.length))
  let [to, before] = [0, 0]
  for (let index = 0; index < count; index++) {
    const [kept, length] = [prefixes.values[index]!, lengths[index]!]
    if (!(kept >= 0 && length >= 0 && kept <= to - before && at + length <= bytes.length)) throw tooShort()
    if (to + kept + length > made.length) {
      if (made.length > 2 ** 28) throw new ParquetFault('a page of texts grows beyond all measure')
      const larger = new Uint8Array(2 * (made.length + kept + length))
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
