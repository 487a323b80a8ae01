import { isAscii, isUtf8 } from 'node:buffer'
import type { ColumnKind } from './column-kind'
import { dateTexts, timestampTexts, timeTexts, type Texts } from './iso-texts'
import { ParquetFault, rawBytes } from './parquet-errors'
import type { RawValues } from './raw-values'

export interface Numbers { is: 'numbers'; numbers: Float64Array; /** Whole numbers, exactly. */ whole: BigInt64Array | BigUint64Array | null; boolean: boolean }
/** A page's values as a table's cells: numbers (NaN where there is none), or texts (empty where there is none). */
export type PageValues = Numbers | Texts

const two32 = 2 ** 32
/** 10 to so many is a double, and so a quotient by it is the nearest double to the decimal. */
const exactPower = 22

/** What values are to people. @throws ParquetFault, ParquetUnread */
export function meaningOf(raw: RawValues, kind: ColumnKind): PageValues {
  switch (kind.is) {
    case 'number': return numbersOf(raw, kind)
    case 'boolean': return { is: 'numbers', numbers: Float64Array.from(numbersIn(raw)), whole: null, boolean: true }
    case 'date': return dateTexts(numbersIn(raw))
    case 'timestamp': case 'time':
      if (raw.is === 'bytes') throw otherValues()
      return (kind.is === 'time' ? timeTexts : timestampTexts)(raw, kind.perSecond)
    case 'text': {
      if (raw.is !== 'bytes') throw otherValues()
      if (kind.uuid) return uuids(raw)
      checkText(raw)
      return { is: 'texts', bytes: raw.bytes, starts: raw.starts, ends: raw.ends }
    }
  }
}

function numbersOf(raw: RawValues, { decimals, unsigned, half }: Extract<ColumnKind, { is: 'number' }>): PageValues {
  const of = (numbers: Float64Array, whole: Numbers['whole'] = null): PageValues => ({ is: 'numbers', numbers, whole, boolean: false })
  switch (raw.is) {
    case 'stamps': throw otherValues()
    case 'bytes': {
      const { bytes, starts, ends } = raw
      return of(Float64Array.from(starts, (start, at) => half ? halfFloat(bytes[start]! | bytes[start + 1]! << 8) : decimal(bigEndian(bytes, start, ends[at]!), decimals)))
    }
    case 'whole': {
      const { buffer, byteOffset, length } = raw.values
      const whole = unsigned ? new BigUint64Array(buffer, byteOffset, length) : raw.values
      const [halves, unsignedHalves] = [new Int32Array(buffer, byteOffset, 2 * length), new Uint32Array(buffer, byteOffset, 2 * length)]
      const numbers = new Float64Array(length)
      const divisor = 10 ** decimals
      for (let at = 0; at < length; at++) {
        // The high half is exact, so that the sum is rounded once.
        const value = (unsigned ? unsignedHalves[2 * at + 1]! : halves[2 * at + 1]!) * two32 + unsignedHalves[2 * at]!
        numbers[at] = decimals === 0 ? value : Math.abs(value) <= Number.MAX_SAFE_INTEGER && decimals <= exactPower ? value / divisor : decimal(whole[at]!, decimals)
      }
      return of(numbers, decimals === 0 ? whole : null)
    }
    case 'numbers': {
      const { values } = raw
      if (values instanceof Float64Array && decimals === 0) return of(values)
      const numbers = Float64Array.from(values instanceof Int32Array && unsigned ? new Uint32Array(values.buffer, values.byteOffset, values.length) : values)
      if (decimals !== 0) for (let at = 0; at < numbers.length; at++) numbers[at] = decimal(numbers[at]!, decimals)
      return of(numbers)
    }
  }
}

/** The nearest double to a whole number with a decimal point put into it. */
function decimal(value: bigint | number, decimals: number): number {
  const near = Number(value)
  if (Math.abs(near) <= Number.MAX_SAFE_INTEGER && decimals >= 0 && decimals <= exactPower) return near / 10 ** decimals
  return Number(`${value}e${-decimals}`)
}

const otherValues = () => new ParquetFault('it holds other values than its schema says')

function numbersIn(raw: RawValues): Extract<RawValues, { is: 'numbers' }>['values'] {
  if (raw.is === 'numbers') return raw.values
  throw otherValues()
}

/** Looked at value by value only where not all is ASCII: lengths may stand between. */
function checkText({ bytes, starts, ends }: Extract<RawValues, { is: 'bytes' }>): void {
  if (isAscii(bytes)) return
  for (let at = 0; at < starts.length; at++) {
    const [start, end] = [starts[at]!, ends[at]!]
    let byte = start
    while (byte < end && bytes[byte]! < 128) byte++
    if (byte < end && !isUtf8(bytes.subarray(byte, end))) throw rawBytes()
  }
}

function uuids({ bytes, starts, ends }: Extract<RawValues, { is: 'bytes' }>): Texts {
  const texts = Buffer.alloc(36 * starts.length)
  const [from, to] = [new Int32Array(starts.length), new Int32Array(starts.length)]
  for (let at = 0; at < starts.length; at++) {
    from[at] = 36 * at
    to[at] = 36 * at + texts.write(Buffer.from(bytes.subarray(starts[at], ends[at])).toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-').slice(0, 36), 36 * at, 'latin1')
  }
  return { is: 'texts', bytes: texts, starts: from, ends: to }
}

/** A decimal's two's complement, its highest byte first. */
function bigEndian(bytes: Uint8Array, from: number, to: number): bigint | number {
  const size = to - from
  if (size <= 6) {
    let value = size > 0 && bytes[from]! >= 128 ? -1 : 0
    for (let at = from; at < to; at++) value = value * 256 + bytes[at]!
    return value
  }
  let value = 0n
  for (let at = from; at < to; at++) value = value * 256n + BigInt(bytes[at]!)
  return BigInt.asIntN(8 * size, value)
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
  const from = placesOf(places, present, count, values.is === 'numbers' ? values.numbers.length : values.starts.length)
  if (values.is === 'texts') {
    const [starts, ends] = [new Int32Array(count), new Int32Array(count)]
    for (let at = 0; at < count; at++) {
      const place = from[at]!
      if (place < 0) continue
      starts[at] = values.starts[place]!
      ends[at] = values.ends[place]!
    }
    return { is: 'texts', bytes: values.bytes, starts, ends }
  }
  const numbers = new Float64Array(count)
  for (let at = 0; at < count; at++) numbers[at] = from[at]! < 0 ? NaN : values.numbers[from[at]!]!
  if (values.whole === null) return { ...values, numbers }
  const whole = new (values.whole.constructor as BigInt64ArrayConstructor)(count)
  const [source, halves] = [values.whole, whole].map(({ buffer, byteOffset, length }) => new Int32Array(buffer, byteOffset, 2 * length)) as [Int32Array, Int32Array]
  for (let at = 0; at < count; at++) {
    const place = from[at]!
    if (place < 0) continue
    halves[2 * at] = source[2 * place]!
    halves[2 * at + 1] = source[2 * place + 1]!
  }
  return { ...values, numbers, whole }
}

/** Where each row's value stands; -1: it has none. */
function placesOf(places: Int32Array | null, present: Int32Array | null, count: number, size: number): Int32Array {
  if (present === null) {
    for (let at = 0; at < count; at++) if (!(places![at]! >= 0 && places![at]! < size)) throw outside()
    return places!
  }
  const from = new Int32Array(count)
  let next = 0
  for (let at = 0; at < count; at++) {
    if (present[at] !== 1) {
      from[at] = -1
      continue
    }
    const place = places === null ? next : places[next]!
    if (!(place >= 0 && place < size)) throw outside()
    from[at] = place
    next++
  }
  return from
}

const outside = () => new ParquetFault('a page points outside its dictionary')
