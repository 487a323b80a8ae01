import type { TokenIds } from '../../engine/training/prepared-data'

export interface CountedSymbol { symbol: string; count: number }

/** Writes the ids of a text's tokens, chunk after chunk. */
export interface Encoder {
  /**
   * @param bytes whole characters, in order
   * @param out room for bytes.length ids and those of a word more   @param at where the first goes
   * @returns where the next would go
   */
  encode(bytes: Uint8Array, out: TokenIds, at: number): number
  /** Ends it: what waited for more. */
  flush(out: TokenIds, at: number): number
}

/** Cuts a text into tokens in two passes over its bytes: the first counts, the second, as an encoder, numbers. */
export interface Tokeniser extends Encoder {
  /** Tokens counted so far. */
  readonly length: number
  /** First pass. @param bytes whole characters, in order */
  count(bytes: Uint8Array): void
  /** Ends the first pass. @returns by id */
  symbols(): CountedSymbol[]
}
