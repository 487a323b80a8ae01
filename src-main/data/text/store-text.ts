import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import type { ReadOptions } from '../prepared-dataset'
import type { TextManifest } from '../shards/manifest'
import { damaged, readShard, typeOf } from '../shards/npy'
import { renumberShard } from '../shards/renumber'
import { idsFor } from '../shards/token-ids'
import { documentLengths, LineLengths } from './line-lengths'
import { countText, pass, stage, type Text } from './read-text'
import { StartOfText } from './start-of-text'
import { emptyFile } from './text-errors'
import { TextSource, type TextReading } from './text-source'
import type { CountedSymbol } from './tokeniser'
import { fileChanged } from './utf8-chunks'
import { Words } from './words'
import { writeTokens } from './write-tokens'

const tokensFile = 'tokens.npy'
const symbolsFile = 'symbols.json'

/**
 * Stores a text as shards in `folder`, which exists and has none; memory doesn't grow with the text. What is returned is
 * the caller's to write: a folder without a manifest is no dataset.
 * @throws UnrollError as `readText`, `file.unwritable`, `file.changed`
 */
export async function storeText(path: string, reading: TextReading, folder: string, options: ReadOptions = {}): Promise<TextManifest> {
  const source = await TextSource.open(path, reading)
  const hash = createHash('sha256')
  const start = new StartOfText()
  const lines = new LineLengths()
  const write = reading.unit === 'word' ? writeWords : writeCounted
  const { symbols, length } = await write(source, reading.unit, join(folder, tokensFile), { ...options, onChunk: (chunk) => hash.update(chunk) }, (bytes) => { start.add(bytes); lines.add(bytes) })
  await writeFile(join(folder, symbolsFile), JSON.stringify(symbols.map(({ symbol, count }) => [symbol, count])), { flag: 'wx' })
  return {
    shards: 1, kind: 'text',
    source: { name: basename(path), bytes: source.bytes, sha256: hash.digest('hex') },
    read: { unit: reading.unit, lowerCase: reading.lowerCase, normalise: reading.normalise, encoding: source.encoding },
    tokens: { file: tokensFile, type: typeOf(idsFor(symbols.length, 0)), shape: [length] },
    symbols: symbols.length, start: start.text, warnings: source.warnings, lines: lines.lengths, documents: documentLengths(source),
  }
}

type WriteText = (source: TextSource, unit: TextReading['unit'], file: string, options: ReadOptions, look: (bytes: Uint8Array) => void) => Promise<{ symbols: CountedSymbol[]; length: number }>

/** Reads twice, so that no id is ever written in more bytes than it needs. */
const writeCounted: WriteText = async (source, unit, file, options, look) => {
  const { tokeniser, symbols } = await countText(source, unit, pass(1, options), look)
  const again = pass(2, { ...options, onChunk: undefined })
  const length = await writeTokens(source, { file, make: (room) => idsFor(symbols.length, room), flushed: true }, tokeniser, again)
  if (length !== tokeniser.length) throw fileChanged(source.path)
  return { symbols, length }
}

/** Reads once and numbers again what was written: to look a word up takes longer than that. */
const writeWords: WriteText = async (source, _unit, file, options, look) => {
  const words = new Words()
  const length = await writeTokens(source, { file, make: (room) => new Int32Array(room), flushed: false }, words.learning, stage(options, 0, 0.9), look)
  if (length === 0) throw emptyFile(source.path)
  const symbols = words.symbols()
  await renumberShard(file, length, words.ids, stage(options, 0.9, 1, source.bytes))
  return { symbols, length }
}

/** A stored text's ids and symbols. @throws UnrollError `dataset.damaged`, `file.*`, `import.cancelled` */
export async function loadText(folder: string, { tokens, symbols: count, warnings }: TextManifest, options: ReadOptions = {}): Promise<Text> {
  const symbols = await loadSymbols(folder)
  if (symbols.length !== count) throw damaged(join(folder, symbolsFile))
  const ids = await readShard(join(folder, tokens.file), tokens, options)
  if (ids instanceof Float32Array || ids instanceof Float64Array) throw damaged(join(folder, tokens.file))
  return { ids, symbols, warnings }
}

export async function loadSymbols(folder: string): Promise<CountedSymbol[]> {
  const file = join(folder, symbolsFile)
  try {
    return z.array(z.tuple([z.string(), z.number()])).parse(JSON.parse(await readFile(file, 'utf8'))).map(([symbol, number]) => ({ symbol, count: number }))
  } catch {
    throw damaged(file)
  }
}
