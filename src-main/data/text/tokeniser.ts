import type { TokenIds } from '../../engine/training/prepared-data'

export interface CountedSymbol { symbol: string; count: number }

/** Cuts a text into tokens in two passes over its bytes: the first counts, the second numbers. */
export interface Tokeniser {
  /** Tokens counted so far. */
  readonly length: number
  /** First pass. @param bytes whole characters, in order */
  count(bytes: Uint8Array): void
  /** Ends the first pass. @returns by id */
  symbols(): CountedSymbol[]
  /**
   * Second pass.
   * @param out room for bytes.length ids and one more   @param at where the first goes
   * @returns where the next would go
   */
  encode(bytes: Uint8Array, out: TokenIds, at: number): number
  /** Ends the second pass: what waited for more. */
  flush(out: TokenIds, at: number): number
}
