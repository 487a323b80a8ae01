import type { TokenIds } from '../../engine/training/prepared-data'
import { idsFor } from '../shards/token-ids'
import type { CountedSymbol, Encoder, Tokeniser } from './tokeniser'
import { wordEnd } from './word-ends'
import { padding, WordTable } from './word-table'

/** Stands for words that aren't in the vocabulary, as for symbols of records: U+FFFD, the replacement character. Its id is 0. */
export const unknownWord = '\ufffd'

const none = new Uint8Array(0)
/** More than a word that waits for the next chunk has bytes. */
const waiting = 512

/**
 * Words as tokens. A word is a run of letters, digits, marks, apostrophes and underscores (Unicode's L, N, M; ' ’ _); every
 * other character is a token of its own; and a single space before a word or a sign belongs to it. So tokens put one after
 * the other are the text, line ends and all. A run of more than 256 bytes is cut.
 * Ids go by how often a word occurs, most frequent first, after the unknown word (id 0).
 */
export class Words implements Tokeniser {
  length = 0
  /**
   * The first pass for those who keep what it finds, instead of a second one: provisional ids, which go by when a word was
   * first met. `ids` has the final ones.
   */
  readonly learning: Encoder = {
    encode: (bytes, out, at) => this.learn(bytes, false, out, at),
    flush: (out, at) => this.learn(none, true, out, at),
  }
  /** By provisional id, once `symbols` was called. */
  ids: TokenIds = new Uint8Array(0)
  private readonly table = new WordTable()
  private unknown = 0
  private readonly counting = new Window()
  private readonly encoding = new Window()
  private scratch = new Int32Array(waiting)

  count(bytes: Uint8Array): void {
    if (this.scratch.length < bytes.length + waiting) this.scratch = new Int32Array(bytes.length + waiting)
    this.learn(bytes, false, this.scratch, 0)
  }

  symbols(): CountedSymbol[] {
    this.learn(none, true, this.scratch, 0)
    const { table } = this
    const order = Array.from({ length: table.size }, (_, number) => number).sort((a, b) => table.counts[b]! - table.counts[a]! || a - b)
    this.ids = idsFor(table.size + 1, table.size + 1)
    order.forEach((number, at) => { this.ids[number + 1] = at + 1 })
    return [{ symbol: unknownWord, count: this.unknown }, ...order.map((number) => ({ symbol: table.word(number), count: table.counts[number]! }))]
  }

  encode(bytes: Uint8Array, out: TokenIds, at: number): number { return this.number(bytes, false, out, at) }

  flush(out: TokenIds, at: number): number { return this.number(none, true, out, at) }

  private learn(chunk: Uint8Array, last: boolean, out: TokenIds, at: number): number {
    const { table, counting: window } = this
    const before = at
    window.add(chunk)
    const { bytes, view, length } = window
    // Vite's modules look an import up at each use, which costs a fifth here.
    const end = wordEnd
    let from = 0
    while (from < length) {
      const to = end(bytes, from, length, last)
      if (to < 0) break
      const number = table.add(view, from, to - from)
      if (number < 0) this.unknown++
      else table.counts[number]!++
      out[at++] = number + 1
      from = to
    }
    window.keep(from)
    this.length += at - before
    return at
  }

  private number(chunk: Uint8Array, last: boolean, out: TokenIds, at: number): number {
    const { table, ids, encoding: window } = this
    window.add(chunk)
    const { bytes, view, length } = window
    const end = wordEnd
    let from = 0
    while (from < length) {
      const to = end(bytes, from, length, last)
      if (to < 0) break
      out[at++] = ids[table.find(view, from, to - from) + 1]!
      from = to
    }
    window.keep(from)
    return at
  }
}

/** The tokens of a text in memory, by the same rule. */
export function wordsOf(text: string): string[] {
  const bytes = Buffer.from(text)
  const words: string[] = []
  for (let from = 0; from < bytes.length;) {
    const to = wordEnd(bytes, from, bytes.length, true)
    words.push(bytes.toString('utf8', from, to))
    from = to
  }
  return words
}

/** A chunk after what was left of the one before, with room to read past its end. */
class Window {
  bytes = new Uint8Array(waiting)
  view = new DataView(this.bytes.buffer)
  length = 0

  add(chunk: Uint8Array): void {
    if (this.length + chunk.length + padding > this.bytes.length) {
      const larger = new Uint8Array(this.length + chunk.length + waiting)
      larger.set(this.bytes.subarray(0, this.length))
      this.bytes = larger
      this.view = new DataView(larger.buffer)
    }
    this.bytes.set(chunk, this.length)
    this.length += chunk.length
  }

  /** What stands from there on waits for the next chunk. */
  keep(from: number): void {
    this.bytes.copyWithin(0, from, this.length)
    this.length -= from
  }
}
