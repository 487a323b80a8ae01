import { isUtf8 } from 'node:buffer'
import type { ColumnKind } from './column-kind'
import { ParquetFault } from './parquet-errors'
import type { RawValues } from './raw-values'

/** A page's values as a table's cells: numbers (NaN where there is none), or texts (empty where there is none). */
export type PageValues =
  | { is: 'numbers'; numbers: Float64Array; /** Whole numbers, exactly. */ whole: BigInt64Array | null; boolean: boolean }
  | { is: 'texts'; bytes: Uint8Array; starts: Int32Array; ends: Int32Array }

/** What values are to people. @throws ParquetFault */
export function meaningOf(raw: RawValues, kind: ColumnKind): PageValues {
  switch (kind.is) {
    case 'number': return numbersOf(raw, kind)
    case 'boolean': return { is: 'numbers', numbers: Float64Array.from(numbersIn(raw)), whole: null, boolean: true }
    case 'date': return texts(numbersIn(raw), (day) => isoDate(Number(day) * 86_400_000))
    case 'timestamp': return texts(raw.is === 'whole' ? raw.values : numbersIn(raw), (value) => isoTime(BigInt(value), BigInt(kind.perSecond)))
    case 'text': {
      if (raw.is !== 'bytes') throw new ParquetFault('a column of texts holds numbers')
      if (kind.uuid) return texts(raw.starts, (start, at) => uuid(raw.bytes.subarray(start as number, raw.ends[at])))
      if (!raw.starts.every((start, at) => isUtf8(raw.bytes.subarray(start, raw.ends[at])))) throw new ParquetFault('a column of texts holds raw bytes, which aren\'t UTF-8')
      return { is: 'texts', bytes: raw.bytes, starts: raw.starts, ends: raw.ends }
    }
  }
}

function numbersOf(raw: RawValues, { divisor, unsigned, half }: Extract<ColumnKind, { is: 'number' }>): PageValues {
  if (raw.is === 'bytes') {
    const { bytes, starts, ends } = raw
    const numbers = Float64Array.from(starts, (start, at) => half ? halfFloat(bytes[start]! | bytes[start + 1]! << 8) : Number(bigEndian(bytes, start, ends[at]!)) / divisor)
    return { is: 'numbers', numbers, whole: null, boolean: false }
  }
  const wide = raw.is === 'whole'
  const values = wide && unsigned ? new BigUint64Array(raw.values.buffer, raw.values.byteOffset, raw.values.length) : raw.values
  const numbers = new Float64Array(values.length)
  for (let at = 0; at < values.length; at++) {
    const value = Number(values[at]!)
    numbers[at] = (unsigned && value < 0 ? value + 2 ** 32 : value) / divisor
  }
  return { is: 'numbers', numbers, whole: wide && divisor === 1 && !unsigned ? raw.values : null, boolean: false }
}

function numbersIn(raw: RawValues): Exclude<Extract<RawValues, { is: 'numbers' }>['values'], never> {
  if (raw.is === 'numbers') return raw.values
  throw new ParquetFault('a column holds other values than its schema says')
}

function texts(values: ArrayLike<number | bigint>, textOf: (value: number | bigint, at: number) => string): PageValues {
  const [starts, ends] = [new Int32Array(values.length), new Int32Array(values.length)]
  let [bytes, to] = [Buffer.alloc(32 * values.length + 64), 0]
  for (let at = 0; at < values.length; at++) {
    const text = textOf(values[at]!, at)
    if (to + text.length > bytes.length) bytes = Buffer.concat([bytes, Buffer.alloc(bytes.length)])
    starts[at] = to
    to += bytes.write(text, to, 'latin1')
    ends[at] = to
  }
  return { is: 'texts', bytes, starts, ends }
}

function isoDate(milliseconds: number): string {
  const date = new Date(milliseconds)
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 10)
}

/** 2024-03-31 12:00:00, with as many decimals as there are. */
function isoTime(value: bigint, perSecond: bigint): string {
  const fraction = ((value % perSecond) + perSecond) % perSecond
  const date = new Date(Number((value - fraction) / perSecond) * 1000)
  if (Number.isNaN(date.getTime())) return ''
  const written = date.toISOString().slice(0, 19).replace('T', ' ')
  return fraction === 0n ? written : `${written}.${String(fraction).padStart(String(perSecond).length - 1, '0').replace(/0+$/, '')}`
}

function uuid(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** A decimal's two's complement, its highest byte first. */
function bigEndian(bytes: Uint8Array, from: number, to: number): bigint {
  let value = 0n
  for (let at = from; at < to; at++) value = value * 256n + BigInt(bytes[at]!)
  return BigInt.asIntN(8 * Math.max(1, to - from), value)
}

function halfFloat(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, bits >> 10 & 31, bits & 1023]
  if (exponent === 0) return sign * 2 ** -24 * fraction
  return exponent === 31 ? (fraction ? NaN : sign * Infinity) : sign * 2 ** (exponent - 15) * (1 + fraction / 1024)
}

/**
 * Values put where they belong: by their places in a dictionary, and with nothing where the level says so.
 * @param places of the values in `values`; null: one after the other   @param present 1 where there is a value; null: everywhere
 */
export function spread(values: PageValues, places: Int32Array | null, present: Int32Array | null, count: number): PageValues {
  if (places === null && present === null) return values
  const size = values.is === 'numbers' ? values.numbers.length : values.starts.length
  const made: PageValues = values.is === 'numbers'
    ? { is: 'numbers', numbers: new Float64Array(count).fill(NaN), whole: values.whole && new BigInt64Array(count), boolean: values.boolean }
    : { is: 'texts', bytes: values.bytes, starts: new Int32Array(count), ends: new Int32Array(count) }
  let next = 0
  for (let at = 0; at < count; at++) {
    if (present !== null && present[at] !== 1) continue
    const from = places === null ? next : places[next]!
    next++
    if (!(from >= 0 && from < size)) throw new ParquetFault('a page points outside its dictionary')
    if (values.is === 'numbers') {
      (made as typeof values).numbers[at] = values.numbers[from]!
      if (values.whole !== null) (made as typeof values).whole![at] = values.whole[from]!
    } else {
      (made as typeof values).starts[at] = values.starts[from]!
      ;(made as typeof values).ends[at] = values.ends[from]!
    }
  }
  return made
}
