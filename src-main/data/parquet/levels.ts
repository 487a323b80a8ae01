import { ParquetFault } from './parquet-errors'

/**
 * Small whole numbers in Parquet's hybrid of run lengths and bit packing. Never more than `count` are made room for, whatever
 * lengths the runs claim.
 * @param width bits a number, 0 to 32
 * @see https://parquet.apache.org/docs/file-format/data-pages/encodings/
 */
export function readHybrid(bytes: Uint8Array, from: number, end: number, width: number, count: number): Int32Array {
  const values = new Int32Array(count)
  if (width === 0) return values
  if (width > 32 || end > bytes.length) throw new ParquetFault('a page\'s levels or places lie outside it')
  let [at, made] = [from, 0]
  while (made < count) {
    let [head, shift] = [0, 1]
    for (;;) {
      if (at >= end || shift > 2 ** 35) throw short()
      const byte = bytes[at++]!
      head += (byte & 127) * shift
      if (byte < 128) break
      shift *= 128
    }
    const half = Math.floor(head / 2)
    if (head % 2 === 0) {
      const size = (width + 7) >> 3
      if (at + size > end) throw short()
      let value = 0
      for (let byte = 0; byte < size; byte++) value |= bytes[at++]! << (8 * byte)
      const to = Math.min(count, made + half)
      values.fill(value, made, to)
      made = to
      if (half === 0) continue
    } else {
      const wanted = Math.min(count - made, 8 * half)
      // The last group may be cut short where nothing more is wanted of it.
      if (at + Math.ceil(wanted * width / 8) > end) throw short()
      unpack(bytes, at, width, values, made, wanted)
      at += half * width
      made += wanted
    }
  }
  return values
}

/** Numbers of `width` bits, the lowest bit of the first byte first. */
function unpack(bytes: Uint8Array, from: number, width: number, values: Int32Array, to: number, count: number): void {
  if (width > 24) {
    unpackWide(bytes, from, width, values, to, count)
    return
  }
  const mask = (1 << width) - 1
  let [at, held, bits] = [from, 0, 0]
  for (let index = to, end = to + count; index < end; index++) {
    while (bits < width) {
      held |= bytes[at++]! << bits
      bits += 8
    }
    values[index] = held & mask
    held >>>= width
    bits -= width
  }
}

function unpackWide(bytes: Uint8Array, from: number, width: number, values: Int32Array, to: number, count: number): void {
  let [at, held, bits] = [from, 0, 0]
  const size = 2 ** width
  for (let index = 0; index < count; index++) {
    // Held in a double: up to 39 bits.
    while (bits < width) {
      held += (bytes[at++] ?? 0) * 2 ** bits
      bits += 8
    }
    const value = held % size
    values[to + index] = value
    held = (held - value) / size
    bits -= width
  }
}

/**
 * Which rows have a value: those whose level is the column's own, not that of a structure around it.
 * @param most the column's level   @returns 1 where there is one, in place of the levels; and how many
 */
export function presentAt(levels: Int32Array, most: number): { present: Int32Array; stored: number } {
  let stored = 0
  for (let at = 0; at < levels.length; at++) {
    const there = levels[at] === most ? 1 : 0
    levels[at] = there
    stored += there
  }
  return { present: levels, stored }
}

/** Bits of a number up to `most`. */
export const bitsFor = (most: number): number => 32 - Math.clz32(most)

const short = () => new ParquetFault('a page ends before its values do')
