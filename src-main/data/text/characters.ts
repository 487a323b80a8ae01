import { isAscii } from 'node:buffer'
import type { TokenIds } from '../../engine/training/prepared-data'
import type { CountedSymbol, Tokeniser } from './tokeniser'

const codePoints = 0x110000
const ascii = 0x80

/**
 * The characters (code points) of a text as tokens: the id of each is its place among those that occur, sorted, as Python's
 * `sorted(set(text))`. Works on UTF-8 bytes that are known to be valid; no string is made of any of them.
 */
export class Characters implements Tokeniser {
  private readonly counts = new Uint32Array(codePoints)
  /** Four tables of ASCII counts, so that a run of one character doesn't wait for its own count. */
  private readonly asciiCounts = new Uint32Array(4 * ascii)
  private ids: Int32Array | null = null
  private asciiIds = new Uint8Array(0)
  /** Characters counted. */
  length = 0

  /** First pass: counts. @param bytes whole UTF-8 characters */
  count(bytes: Uint8Array): void {
    if (isAscii(bytes)) {
      this.countAscii(bytes)
      this.length += bytes.length
    } else this.length += this.countUtf8(bytes)
  }

  /** The symbols that occurred, in the order of their ids. */
  symbols(): CountedSymbol[] {
    for (let at = 0; at < this.asciiCounts.length; at++) this.counts[at % ascii]! += this.asciiCounts[at]!
    this.asciiCounts.fill(0)
    const found: CountedSymbol[] = []
    this.counts.forEach((count, point) => { if (count > 0) found.push({ symbol: String.fromCodePoint(point), count }) })
    return found
  }

  /**
   * Second pass: token ids.
   * @param out room for bytes.length ids   @param at where the first goes
   * @returns where the next would go
   */
  encode(bytes: Uint8Array, out: TokenIds, at: number): number {
    const ids = this.ids ??= this.numbered()
    if (isAscii(bytes)) {
      const { asciiIds } = this
      for (let index = 0; index < bytes.length; index++) out[at + index] = asciiIds[bytes[index]!]!
      return at + bytes.length
    }
    const last = bytes.length - 1
    let index = 0
    while (index < last) {
      const byte = bytes[index]!
      if (byte < 0xe0) {
        // One byte or two, without a branch: in most scripts nobody could guess which.
        const two = byte >>> 7
        out[at++] = ids[(byte & 0x7f >> 2 * two) << 6 * two | bytes[index + 1]! & 0x3f & -two]!
        index += 1 + two
      } else {
        out[at++] = ids[longPoint(bytes, index)]!
        index += byte < 0xf0 ? 3 : 4
      }
    }
    if (index === last) out[at++] = ids[bytes[last]!]!
    return at
  }

  flush(_out: TokenIds, at: number): number { return at }

  private numbered(): Int32Array {
    const ids = new Int32Array(codePoints)
    this.symbols().forEach(({ symbol }, id) => { ids[symbol.codePointAt(0)!] = id })
    // At most 128 of them, and no symbol sorts before ASCII, so a byte holds each.
    this.asciiIds = Uint8Array.from(ids.subarray(0, ascii))
    return ids
  }

  private countAscii(bytes: Uint8Array): void {
    const counts = this.asciiCounts
    const whole = bytes.length - bytes.length % 4
    for (let at = 0; at < whole; at += 4) {
      counts[bytes[at]!]!++
      counts[ascii + bytes[at + 1]!]!++
      counts[2 * ascii + bytes[at + 2]!]!++
      counts[3 * ascii + bytes[at + 3]!]!++
    }
    for (let at = whole; at < bytes.length; at++) counts[bytes[at]!]!++
  }

  private countUtf8(bytes: Uint8Array): number {
    const { counts } = this
    const last = bytes.length - 1
    let [characters, index] = [0, 0]
    while (index < last) {
      const byte = bytes[index]!
      if (byte < 0xe0) {
        const two = byte >>> 7
        counts[(byte & 0x7f >> 2 * two) << 6 * two | bytes[index + 1]! & 0x3f & -two]!++
        index += 1 + two
      } else {
        counts[longPoint(bytes, index)]!++
        index += byte < 0xf0 ? 3 : 4
      }
      characters++
    }
    if (index === last) counts[bytes[last]!]!++
    return index === last ? characters + 1 : characters
  }
}

/** The code point of three or four bytes. */
function longPoint(bytes: Uint8Array, at: number): number {
  const byte = bytes[at]!
  if (byte < 0xf0) return (byte & 0x0f) << 12 | (bytes[at + 1]! & 0x3f) << 6 | bytes[at + 2]! & 0x3f
  return (byte & 0x07) << 18 | (bytes[at + 1]! & 0x3f) << 12 | (bytes[at + 2]! & 0x3f) << 6 | bytes[at + 3]! & 0x3f
}
