import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import type { ReadOptions } from '../prepared-dataset'
import type { TextManifest } from '../shards/manifest'
import { damaged, readShard, ShardWriter, typeOf } from '../shards/npy'
import { idsFor } from '../shards/token-ids'
import { countText, pass, type Text } from './read-text'
import { StartOfText } from './start-of-text'
import { TextSource, type TextReading } from './text-source'
import type { CountedSymbol, Tokeniser } from './tokeniser'
import { fileChanged } from './utf8-chunks'

/** Ids a write. */
const room = 512 * 1024
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
  const { tokeniser, symbols } = await countText(source, reading.unit, { ...pass(1, options), onChunk: (chunk) => hash.update(chunk) }, (bytes) => start.add(bytes))
  const shape = await writeTokens(source, join(folder, tokensFile), tokeniser, symbols.length, pass(2, options))
  await writeFile(join(folder, symbolsFile), JSON.stringify(symbols.map(({ symbol, count }) => [symbol, count])), { flag: 'wx' })
  return {
    shards: 1, kind: 'text',
    source: { name: basename(path), bytes: source.bytes, sha256: hash.digest('hex') },
    read: { unit: reading.unit, lowerCase: reading.lowerCase, normalise: reading.normalise, encoding: source.encoding },
    tokens: { file: tokensFile, type: typeOf(idsFor(symbols.length, 0)), shape },
    symbols: symbols.length, start: start.text, warnings: source.warnings,
  }
}

async function writeTokens(source: TextSource, file: string, tokeniser: Tokeniser, vocabulary: number, options: ReadOptions): Promise<number[]> {
  const writer = await ShardWriter.create(file, (length) => idsFor(vocabulary, length), room)
  let [at, written] = [0, 0]
  const send = async () => {
    await writer.write(at)
    written += at
    at = 0
  }
  try {
    for await (const bytes of source.chunks(options, () => written + at)) {
      // A chunk that a transformation made longer than the room goes in pieces, each whole characters.
      for (const piece of piecesOf(bytes, room >> 1)) {
        // What waited since the last chunk may be as long as a word.
        if (at + piece.length + 512 > room) await send()
        at = tokeniser.encode(piece, writer.buffer, at)
      }
    }
    at = tokeniser.flush(writer.buffer, at)
    await send()
    if (written !== tokeniser.length) throw fileChanged(source.path)
    return await writer.close()
  } catch (error) {
    await writer.abandon()
    throw error
  }
}

/** UTF-8 bytes in pieces of at most `most`, none cut within a character. */
function* piecesOf(bytes: Uint8Array, most: number): Generator<Uint8Array, void, void> {
  for (let from = 0; from < bytes.length;) {
    let to = Math.min(bytes.length, from + most)
    while (to < bytes.length && (bytes[to]! & 0xc0) === 0x80 && to > from + most - 4) to--
    yield bytes.subarray(from, to)
    from = to
  }
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
