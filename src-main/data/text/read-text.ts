import type { TokenIds } from '../../engine/training/prepared-data'
import type { ReadOptions } from '../prepared-dataset'
import { idsFor } from '../shards/token-ids'
import { ByteTokens } from './byte-tokens'
import { Characters } from './characters'
import { emptyFile } from './text-errors'
import { TextSource, type TextReading } from './text-source'
import type { CountedSymbol, Tokeniser } from './tokeniser'
import { fileChanged } from './utf8-chunks'
import { Words } from './words'

/** A text as token ids. */
export interface Text {
  /** One id a token, in the text's order. */
  ids: TokenIds
  /** By id. */
  symbols: CountedSymbol[]
  warnings: string[]
}

/**
 * Reads a text as token ids. Of characters the vocabulary is the code points that occur, sorted, as Python's
 * `sorted(set(text))`. Twice: once to count, once to number, so that no id is ever held in more bytes than it needs.
 * @throws UnrollError `dataset.not-utf8`, `dataset.encoding`, `dataset.binary`, `dataset.empty`, `dataset.too-large`, `file.*`, `import.cancelled`
 */
export async function readText(path: string, reading: TextReading, options: ReadOptions = {}): Promise<Text> {
  const source = await TextSource.open(path, reading)
  const { tokeniser, symbols } = await countText(source, reading.unit, pass(1, options))
  const ids = idsFor(symbols.length, tokeniser.length)
  let at = 0
  for await (const bytes of source.chunks(pass(2, options), () => at)) at = tokeniser.encode(bytes, ids, at)
  if (tokeniser.flush(ids, at) !== ids.length) throw fileChanged(path)
  return { ids, symbols, warnings: source.warnings }
}

/** First pass: the tokens and how often each occurs. @param look called with all bytes in order */
export async function countText(source: TextSource, unit: TextReading['unit'], options: ReadOptions, look: (bytes: Uint8Array) => void = () => {}): Promise<{ tokeniser: Tokeniser; symbols: CountedSymbol[] }> {
  const tokeniser = tokeniserOf(unit)
  for await (const bytes of source.chunks(options, () => tokeniser.length)) {
    tokeniser.count(bytes)
    look(bytes)
  }
  const symbols = tokeniser.symbols()
  if (tokeniser.length === 0) throw emptyFile(source.path)
  return { tokeniser, symbols }
}

function tokeniserOf(unit: TextReading['unit']): Tokeniser {
  switch (unit) {
    case 'char': return new Characters()
    case 'byte': return new ByteTokens()
    case 'word': return new Words()
  }
}

/** Progress of one of two passes as that of the whole. */
export const pass = (number: 1 | 2, options: ReadOptions): ReadOptions => stage(options, (number - 1) / 2, number / 2)

/** Progress of a part as that of the whole. @param from, to what of the whole is done before the part and after it */
export function stage(options: ReadOptions, from: number, to: number, total?: number): ReadOptions {
  const { onProgress } = options
  if (onProgress === undefined) return options
  return { ...options, onProgress: ({ bytes, totalBytes, rows }) => {
    const whole = total ?? totalBytes
    onProgress({ bytes: Math.ceil(whole * (from + (to - from) * bytes / totalBytes)), totalBytes: whole, rows })
  } }
}
