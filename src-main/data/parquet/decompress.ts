import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { decompress as unzstd } from 'fzstd'
import { ParquetFault } from './parquet-errors'

const codecs = new Map<number, (packed: Uint8Array, length: number) => Uint8Array>([
  [0, (packed) => packed],
  [1, unsnappy],
  [2, (packed, length) => gunzipSync(packed, { maxOutputLength: Math.max(1, length) })],
  [4, (packed, length) => brotliDecompressSync(packed, { maxOutputLength: Math.max(1, length) })],
  [5, framedLz4],
  [6, (packed, length) => unzstd(packed, new Uint8Array(length))],
  [7, unlz4],
])
const few = 32
const others: Record<number, string> = { 3: 'LZO' }

/** What is wrong with a codec that isn't read; null: it is. */
export const codecRefused = (codec: number): string | null => (codecs.has(codec) ? null : others[codec] ?? `codec ${codec}`)

/**
 * A page as it was before compression.
 * @param length what its header promises: no more is ever made room for
 * @throws ParquetFault
 */
export function decompress(codec: number, packed: Uint8Array, length: number): Uint8Array {
  let bytes: Uint8Array
  try {
    bytes = length === 0 && packed.length === 0 ? packed : codecs.get(codec)!(packed, length)
  } catch (error) {
    throw error instanceof ParquetFault ? error : new ParquetFault('a page can\'t be decompressed')
  }
  if (bytes.length !== length) throw new ParquetFault(`a page should be ${length.toLocaleString('en')} bytes long but is ${bytes.length.toLocaleString('en')}`)
  return bytes
}

const broken = () => new ParquetFault('a page can\'t be decompressed')

/** @see https://github.com/google/snappy/blob/main/format_description.txt */
function unsnappy(packed: Uint8Array, length: number): Uint8Array {
  const made = new Uint8Array(length)
  let [at, to] = [0, 0]
  // The length it gives itself; the header's counts.
  while (at < packed.length && packed[at++]! >= 128);
  while (at < packed.length) {
    const tag = packed[at++]!
    let count: number
    if ((tag & 3) === 0) {
      count = (tag >> 2) + 1
      if (count > 60) {
        const bytes = count - 60
        count = 1
        for (let byte = 0; byte < bytes; byte++) count += (packed[at++] ?? NaN) * 256 ** byte
      }
      if (!(at + count <= packed.length && to + count <= length)) throw broken()
      copyOut(packed, at, made, to, count)
      at += count
      to += count
      continue
    }
    let back: number
    if ((tag & 3) === 1) {
      count = ((tag >> 2) & 7) + 4
      back = ((tag >> 5) << 8) + (packed[at++] ?? NaN)
    } else {
      count = (tag >> 2) + 1
      back = 0
      const bytes = (tag & 3) === 2 ? 2 : 4
      for (let byte = 0; byte < bytes; byte++) back += (packed[at++] ?? NaN) * 256 ** byte
    }
    to = copyBack(made, to, back, count)
  }
  return to === length ? made : made.subarray(0, to)
}

/** A block of LZ4. @see https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md */
function unlz4(packed: Uint8Array, length: number): Uint8Array {
  const made = new Uint8Array(length)
  let [at, to] = [0, 0]
  const more = (nibble: number): number => {
    if (nibble < 15) return nibble
    let count = nibble
    for (;;) {
      const byte = packed[at++]
      if (byte === undefined) throw broken()
      count += byte
      if (byte < 255) return count
    }
  }
  while (at < packed.length) {
    const token = packed[at++]!
    const literals = more(token >> 4)
    if (!(at + literals <= packed.length && to + literals <= length)) throw broken()
    copyOut(packed, at, made, to, literals)
    at += literals
    to += literals
    if (at >= packed.length) break
    const back = (packed[at++] ?? NaN) + 256 * (packed[at++] ?? NaN)
    to = copyBack(made, to, back, more(token & 15) + 4)
  }
  return to === length ? made : made.subarray(0, to)
}

/**
 * LZ4 as it was written before there was LZ4_RAW: in Hadoop's frames, each behind its lengths (the highest byte first), or by
 * some writers as a bare block.
 */
function framedLz4(packed: Uint8Array, length: number): Uint8Array {
  const made = new Uint8Array(length)
  const view = new DataView(packed.buffer, packed.byteOffset, packed.length)
  let [at, to] = [0, 0]
  while (at + 8 <= packed.length) {
    const [unpacked, size] = [view.getUint32(at), view.getUint32(at + 4)]
    at += 8
    if (to + unpacked > length || at + size > packed.length) return unlz4(packed, length)
    const frame = unlz4(packed.subarray(at, at + size), unpacked)
    if (frame.length !== unpacked) throw broken()
    made.set(frame, to)
    at += size
    to += unpacked
  }
  return at === packed.length && to === length ? made : unlz4(packed, length)
}

/** A few bytes are sooner copied than handed over. */
function copyOut(packed: Uint8Array, at: number, made: Uint8Array, to: number, count: number): void {
  if (count > few) made.set(packed.subarray(at, at + count), to)
  else for (let byte = 0; byte < count; byte++) made[to + byte] = packed[at + byte]!
}

/** Copies what was made `back` bytes before, which may reach into what is copied. */
function copyBack(made: Uint8Array, to: number, back: number, count: number): number {
  if (!(back >= 1 && back <= to && to + count <= made.length)) throw broken()
  if (count > few && back >= count) made.copyWithin(to, to - back, to - back + count)
  else for (let byte = 0; byte < count; byte++) made[to + byte] = made[to + byte - back]!
  return to + count
}
