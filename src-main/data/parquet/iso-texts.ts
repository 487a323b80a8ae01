import type { RawValues } from './raw-values'

const [zero, minus, point, colon, space] = [0x30, 0x2d, 0x2e, 0x3a, 0x20]
const secondsADay = 86_400
const two32 = 2 ** 32
/** Bytes that no date or time is longer than. */
const room = 48

export interface Texts { is: 'texts'; bytes: Uint8Array; starts: Int32Array; ends: Int32Array }

/** Texts of dates and times, written byte by byte. */
class Writer {
  bytes: Uint8Array<ArrayBuffer>
  at = 0
  private lastDay = NaN
  private lastDate: Uint8Array = new Uint8Array(0)

  constructor(count: number) { this.bytes = new Uint8Array(24 * count + room) }

  make(): void {
    if (this.at + room <= this.bytes.length) return
    const larger = new Uint8Array(2 * this.bytes.length)
    larger.set(this.bytes)
    this.bytes = larger
  }

  byte(value: number): void { this.bytes[this.at++] = value }

  digits(value: number, count: number): void {
    for (let place = this.at + count - 1, rest = value; place >= this.at; place--, rest = Math.floor(rest / 10)) this.bytes[place] = zero + rest % 10
    this.at += count
  }

  /** 2024-03-31; a day is often that of the row before. @returns false: no calendar goes that far */
  date(days: number): boolean {
    if (days !== this.lastDay) {
      const date = new Date(days * secondsADay * 1000)
      if (Number.isNaN(date.getTime())) return false
      const text = date.toISOString()
      this.lastDate = Buffer.from(text.slice(0, text.indexOf('T')))
      this.lastDay = days
    }
    const { lastDate } = this
    for (let at = 0; at < lastDate.length; at++) this.bytes[this.at++] = lastDate[at]!
    return true
  }

  /** 12:00:00.25, with as many decimals as there are. */
  clock(seconds: number, fraction: number, perSecond: number): void {
    this.digits(Math.floor(seconds / 3600), seconds < 360_000 ? 2 : 10)
    this.byte(colon)
    this.digits(Math.floor(seconds / 60) % 60, 2)
    this.byte(colon)
    this.digits(seconds % 60, 2)
    if (fraction === 0) return
    this.byte(point)
    this.digits(fraction, Math.round(Math.log10(perSecond)))
    while (this.bytes[this.at - 1] === zero) this.at--
  }
}

function texts(count: number, write: (writer: Writer, at: number) => void): Texts {
  const writer = new Writer(count)
  const [starts, ends] = [new Int32Array(count), new Int32Array(count)]
  for (let at = 0; at < count; at++) {
    writer.make()
    starts[at] = writer.at
    write(writer, at)
    ends[at] = writer.at
  }
  return { is: 'texts', bytes: writer.bytes, starts, ends }
}

/** Days since 1970 as 2024-03-31. */
export const dateTexts = (days: ArrayLike<number>): Texts => texts(days.length, (writer, at) => void writer.date(days[at]!))

/** Units since 1970 as 2024-03-31 12:00:00.25; nothing where no calendar goes that far. */
export function timestampTexts(raw: RawValues, perSecond: number): Texts {
  if (raw.is === 'stamps') {
    const { days, nanos } = raw
    return texts(days.length, (writer, at) => stamp(writer, days[at]! * secondsADay + Math.floor(nanos[at]! / 1e9), nanos[at]! % 1e9, 1e9))
  }
  const split = unitsOf(raw, perSecond)
  return texts(split.count, (writer, at) => {
    split.read(at)
    stamp(writer, split.seconds, split.fraction, perSecond)
  })
}

/** Units since midnight as 12:00:00.25. */
export function timeTexts(raw: RawValues, perSecond: number): Texts {
  const split = unitsOf(raw, perSecond)
  return texts(split.count, (writer, at) => {
    split.read(at)
    let { seconds, fraction } = split
    if (seconds < 0) {
      writer.byte(minus)
      ;[seconds, fraction] = fraction === 0 ? [-seconds, 0] : [-seconds - 1, perSecond - fraction]
    }
    writer.clock(seconds, fraction, perSecond)
  })
}

function stamp(writer: Writer, seconds: number, fraction: number, perSecond: number): void {
  const day = Math.floor(seconds / secondsADay)
  if (!writer.date(day)) return
  writer.byte(space)
  writer.clock(seconds - day * secondsADay, fraction, perSecond)
}

interface Units { count: number; seconds: number; fraction: number; read(at: number): void }

/** Whole seconds and what is left, of numbers that a double doesn't hold: by long division, 16 bits at a time. */
function unitsOf(raw: RawValues, perSecond: number): Units {
  if (raw.is === 'numbers') {
    const { values } = raw
    return {
      count: values.length, seconds: 0, fraction: 0,
      read(at) {
        this.seconds = Math.floor(values[at]! / perSecond)
        this.fraction = values[at]! - this.seconds * perSecond
      },
    }
  }
  const halves = raw.is === 'whole' ? new Int32Array(raw.values.buffer, raw.values.byteOffset, 2 * raw.values.length) : new Int32Array(0)
  return {
    count: halves.length / 2, seconds: 0, fraction: 0,
    read(at) {
      const [low, high] = [halves[2 * at]!, halves[2 * at + 1]!]
      const first = Math.floor(high / perSecond)
      const middle = (high - first * perSecond) * 65_536 + (low >>> 16)
      const second = Math.floor(middle / perSecond)
      const last = (middle - second * perSecond) * 65_536 + (low & 65_535)
      const third = Math.floor(last / perSecond)
      this.seconds = first * two32 + second * 65_536 + third
      this.fraction = last - third * perSecond
    },
  }
}
