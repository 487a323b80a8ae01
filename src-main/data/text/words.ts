import type { TokenIds } from '../../engine/training/prepared-data'
import type { CountedSymbol, Tokeniser } from './tokeniser'
import { WordTable } from './word-table'

/** Stands for words that aren't in the vocabulary, as for symbols of records: U+FFFD, the replacement character. Its id is 0. */
export const unknownWord = '\ufffd'

/** A longer run of letters is cut: no word is. */
const longestWord = 256
const space = 0x20

/**
 * Words as tokens. A word is a run of letters, digits, marks, apostrophes and underscores (Unicode's L, N, M; ' ’ _); every
 * other character is a token of its own; and a single space before a word or a sign belongs to it. So tokens put one after
 * the other are the text, line ends and all. A run of more than 256 bytes is cut.
 * Ids go by how often a word occurs, most frequent first, after the unknown word (id 0).
 */
export class Words implements Tokeniser {
  length = 0
  private readonly table = new WordTable()
  private unknown = 0
  private ids: Int32Array | null = null
  private readonly counting = new Cutter()
  private readonly encoding = new Cutter()

  count(bytes: Uint8Array): void {
    this.counting.cut(bytes, false, this.learn)
  }

  symbols(): CountedSymbol[] {
    this.counting.cut(new Uint8Array(0), true, this.learn)
    const { table } = this
    const order = Array.from({ length: table.size }, (_, number) => number).sort((a, b) => table.counts[b]! - table.counts[a]! || a - b)
    this.ids = new Int32Array(table.size)
    order.forEach((number, at) => { this.ids![number] = at + 1 })
    return [{ symbol: unknownWord, count: this.unknown }, ...order.map((number) => ({ symbol: table.word(number), count: table.counts[number]! }))]
  }

  encode(bytes: Uint8Array, out: TokenIds, at: number): number {
    return this.number(bytes, false, out, at)
  }

  flush(out: TokenIds, at: number): number {
    return this.number(new Uint8Array(0), true, out, at)
  }

  private number(bytes: Uint8Array, last: boolean, out: TokenIds, at: number): number {
    const { table } = this
    const ids = this.ids!
    this.encoding.cut(bytes, last, (all, from, to) => {
      const number = table.find(all, from, to)
      out[at++] = number < 0 ? 0 : ids[number]!
    })
    return at
  }

  private readonly learn = (bytes: Uint8Array, from: number, to: number): void => {
    const number = this.table.add(bytes, from, to)
    if (number < 0) this.unknown++
    else this.table.counts[number]!++
    this.length++
  }
}

/** The tokens of a text in memory, by the same rule. */
export function wordsOf(text: string): string[] {
  const words: string[] = []
  new Cutter().cut(Buffer.from(text), true, (bytes, from, to) => { words.push(Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString()) })
  return words
}

/** Where words begin and end; the one under way waits for the next chunk. */
class Cutter {
  private rest: Uint8Array = new Uint8Array(0)

  /** @param last nothing follows   @param take a token's bytes, valid during the call */
  cut(chunk: Uint8Array, last: boolean, take: (bytes: Uint8Array, from: number, to: number) => void): void {
    let bytes = chunk
    if (this.rest.length > 0) {
      bytes = new Uint8Array(this.rest.length + chunk.length)
      bytes.set(this.rest)
      bytes.set(chunk, this.rest.length)
    }
    const { length } = bytes
    let from = 0
    while (from < length) {
      let at = from
      // A space belongs to what follows, if that is neither the text's end nor blank.
      if (bytes[at] === space) {
        at++
        if (at === length && !last) break
        if (at === length || classAt(bytes, at) === blank) {
          take(bytes, from, at)
          from = at
          continue
        }
      }
      if (classAt(bytes, at) !== letter) at += widthAt(bytes, at)
      else {
        while (at < length && at - from < longestWord && classAt(bytes, at) === letter) at += widthAt(bytes, at)
        if (at === length && !last) break
      }
      take(bytes, from, at)
      from = at
    }
    this.rest = Uint8Array.from(bytes.subarray(from))
  }
}

const [blank, sign, letter] = [1, 2, 3]
/** What each code point is, found when first met; 0: not yet. */
const classes = new Uint8Array(0x110000)
const letterPattern = /^[\p{L}\p{N}\p{M}'\u2019_]$/u
for (let point = 0; point < 0x80; point++) classOf(point)

function classOf(point: number): number {
  const known = classes[point]!
  if (known > 0) return known
  const character = String.fromCodePoint(point)
  return classes[point] = letterPattern.test(character) ? letter : /^\s$/u.test(character) ? blank : sign
}

function classAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at]!
  return byte < 0x80 ? classes[byte]! : classOf(pointAt(bytes, at))
}

const widthAt = (bytes: Uint8Array, at: number): number => (bytes[at]! < 0x80 ? 1 : bytes[at]! < 0xe0 ? 2 : bytes[at]! < 0xf0 ? 3 : 4)

function pointAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at]!
  if (byte < 0xe0) return (byte & 0x1f) << 6 | bytes[at + 1]! & 0x3f
  if (byte < 0xf0) return (byte & 0x0f) << 12 | (bytes[at + 1]! & 0x3f) << 6 | bytes[at + 2]! & 0x3f
  return (byte & 0x07) << 18 | (bytes[at + 1]! & 0x3f) << 12 | (bytes[at + 2]! & 0x3f) << 6 | bytes[at + 3]! & 0x3f
}
