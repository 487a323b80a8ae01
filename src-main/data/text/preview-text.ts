import type { TextPreview } from '@shared/rpc/schemas'
import type { ReadOptions } from '../prepared-dataset'
import type { TextManifest } from '../shards/manifest'
import { documentLengths, LineLengths } from './line-lengths'
import { countText } from './read-text'
import { StartOfText } from './start-of-text'
import { loadSymbols } from './store-text'
import { TextSource, type TextReading } from './text-source'
import type { CountedSymbol } from './tokeniser'

/** Symbols told of: no vocabulary of characters has more, and nobody reads more words. */
const mostShown = 20_000

/** What an import of a text would give. */
export async function previewText(path: string, reading: TextReading, options: ReadOptions = {}): Promise<TextPreview> {
  const source = await TextSource.open(path, reading)
  const start = new StartOfText()
  const lines = new LineLengths()
  const { tokeniser, symbols } = await countText(source, reading.unit, options, (bytes) => { start.add(bytes); lines.add(bytes) })
  return { ...described(reading.unit, tokeniser.length, symbols, start.text, source.encoding), lines: lines.lengths, documents: documentLengths(source) }
}

export async function previewStoredText(folder: string, { tokens, start, read, lines, documents }: TextManifest): Promise<TextPreview> {
  return { ...described(read.unit, tokens.shape[0]!, await loadSymbols(folder), start, read.encoding), lines, documents }
}

const described = (unit: TextPreview['unit'], characters: number, symbols: CountedSymbol[], start: string, encoding: string): Omit<TextPreview, 'lines' | 'documents'> =>
  ({ kind: 'text', unit, characters, vocabulary: symbols.filter(({ count }) => count > 0).slice(0, mostShown), start, encoding })
