import type { SequenceSide } from '@shared/rpc/schemas'
import { symbolsOf, type SymbolUnit } from './symbols'

const mostBins = 40
const mostSymbols = 500

/** How long the texts are in symbols, and which symbols they have. */
export function sideOf(texts: readonly string[], unit: SymbolUnit): SequenceSide {
  const lengths = new Float64Array(texts.length)
  const counts = new Map<string, number>()
  let total = 0
  texts.forEach((text, index) => {
    const symbols = symbolsOf(text, unit)
    lengths[index] = symbols.length
    total += symbols.length
    for (const symbol of symbols) counts.set(symbol, (counts.get(symbol) ?? 0) + 1)
  })
  const [shortest, longest] = lengths.reduce(([least, most], length) => [Math.min(least, length), Math.max(most, length)] as [number, number], [Infinity, 0] as [number, number])
  const vocabulary = [...counts].map(([symbol, count]) => ({ symbol, count })).sort((a, b) => b.count - a.count || (a.symbol < b.symbol ? -1 : 1))
  return { shortest, longest, mean: total / texts.length, lengths: histogram(lengths, shortest, longest), symbols: vocabulary.length, vocabulary: vocabulary.slice(0, mostSymbols) }
}

/** Bins of equal width over whole numbers, the first from `least` on; every bin is given, empty ones too. */
function histogram(lengths: Float64Array, least: number, most: number): SequenceSide['lengths'] {
  const width = Math.max(1, Math.ceil((most - least + 1) / mostBins))
  const bins = Array.from({ length: Math.ceil((most - least + 1) / width) }, (_, bin) => ({ from: least + bin * width, to: Math.min(most, least + (bin + 1) * width - 1), count: 0 }))
  for (const length of lengths) bins[Math.floor((length - least) / width)]!.count++
  return bins
}
