import type { SequenceSide } from '@shared/rpc/schemas'
import { countedLengths, lengthsOf } from '../lengths'
import { symbolsOf, type SymbolUnit } from './symbols'

const mostSymbols = 500

/** How long the texts are in symbols, and which symbols they have. */
export function sideOf(texts: readonly string[], unit: SymbolUnit): SequenceSide {
  const lengths = new Float64Array(texts.length)
  const counts = new Map<string, number>()
  texts.forEach((text, index) => {
    const symbols = symbolsOf(text, unit)
    lengths[index] = symbols.length
    for (const symbol of symbols) counts.set(symbol, (counts.get(symbol) ?? 0) + 1)
  })
  const vocabulary = [...counts].map(([symbol, count]) => ({ symbol, count })).sort((a, b) => b.count - a.count || (a.symbol < b.symbol ? -1 : 1))
  return { ...lengthsOf(countedLengths(lengths))!, symbols: vocabulary.length, vocabulary: vocabulary.slice(0, mostSymbols) }
}
