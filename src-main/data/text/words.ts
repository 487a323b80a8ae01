import type { TokenIds } from '../../engine/training/prepared-data'
import { idsFor } from '../shards/token-ids'
import type { CountedSymbol, Encoder, Tokeniser } from './tokeniser'
import { WordTable } from './word-table'

/** Stands for words that aren't in the vocabulary, as for symbols of records: U+FFFD, the replacement character. Its id is 0. */
export const unknownWord = '\ufffd'

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
    encode: (bytes, out, at) => {
      for (const numbers of this.table.cut(bytes, true)) at = this.learnt(numbers, out, at)
      return at
    },
    flush: (out, at) => this.learnt(this.table.end(true), out, at),
  }
  /** By provisional id, once `symbols` was called. */
  ids: TokenIds = new Uint8Array(0)
  private readonly table = new WordTable()

  count(bytes: Uint8Array): void {
    for (const numbers of this.table.cut(bytes, true)) this.length += numbers.length
  }

  symbols(): CountedSymbol[] {
    this.length += this.table.end(true).length
    const words = this.table.words()
    const { counts } = this.table
    const order = Array.from(words, (_, at) => at + 1).sort((a, b) => counts[b]! - counts[a]! || a - b)
    this.ids = idsFor(order.length + 1, order.length + 1)
    order.forEach((number, at) => { this.ids[number] = at + 1 })
    return [{ symbol: unknownWord, count: counts[0]! }, ...order.map((number) => ({ symbol: words[number - 1]!, count: counts[number]! }))]
  }

  encode(bytes: Uint8Array, out: TokenIds, at: number): number {
    for (const numbers of this.table.cut(bytes, false)) at = this.numbered(numbers, out, at)
    return at
  }

  flush(out: TokenIds, at: number): number { return this.numbered(this.table.end(false), out, at) }

  private learnt(numbers: Int32Array, out: TokenIds, at: number): number {
    out.set(numbers, at)
    this.length += numbers.length
    return at + numbers.length
  }

  private numbered(numbers: Int32Array, out: TokenIds, at: number): number {
    const { ids } = this
    for (let index = 0; index < numbers.length; index++) out[at + index] = ids[numbers[index]!]!
    return at + numbers.length
  }
}
