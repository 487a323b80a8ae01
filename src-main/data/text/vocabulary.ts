import type { TokenIds } from '../../engine/training/prepared-data'
import { idsFor } from '../shards/token-ids'
import type { CountedSymbol } from './tokeniser'

/**
 * The vocabulary of words fitted on the training part alone: the unknown word (id 0), then the `most` − 1 most frequent
 * words of the first `trainEnd` tokens, of equally frequent ones those that stand first. All others read as unknown.
 * @param symbols every word of the text, the unknown one first
 */
export function fitWords(ids: TokenIds, symbols: readonly CountedSymbol[], trainEnd: number, most: number): { ids: TokenIds; symbols: string[] } {
  const counts = new Float64Array(symbols.length)
  /** Where each word first stands in the training part; the ids' own order knows the held-out parts too. */
  const first = new Float64Array(symbols.length)
  for (let at = trainEnd - 1; at >= 0; at--) {
    counts[ids[at]!]!++
    first[ids[at]!] = at
  }
  const kept = Array.from({ length: symbols.length - 1 }, (_, index) => index + 1).filter((id) => counts[id]! > 0)
    .sort((a, b) => counts[b]! - counts[a]! || first[a]! - first[b]!).slice(0, most - 1)
  const places = new Int32Array(symbols.length)
  kept.forEach((id, at) => { places[id] = at + 1 })
  const fitted = idsFor(kept.length + 1, ids.length)
  for (let at = 0; at < ids.length; at++) fitted[at] = places[ids[at]!]!
  return { ids: fitted, symbols: [symbols[0]!.symbol, ...kept.map((id) => symbols[id]!.symbol)] }
}
