import { basename } from 'node:path'
import { UnrollError } from '@shared/errors'
import { chunksOf, fileSize } from '../files'
import type { ReadOptions } from '../prepared-dataset'
import { Utf8Decoder } from './utf8'

/** A text as token ids take 4 bytes a character; more than this wouldn't fit beside the rest. */
const mostBytes = 1024 * 1024 * 1024
const codePoints = 0x110000

export interface Text {
  /** One id a code point, in the text's order. */
  ids: Int32Array
  /** The code points that occur, sorted; the id of each is its place. */
  vocabulary: string[]
}

/**
 * Reads a UTF-8 text as token ids: vocabulary = its code points, sorted, as Python's `sorted(set(text))`.
 * @throws UnrollError `dataset.not-utf8`, `dataset.binary`, `dataset.empty`, `dataset.too-large`, `file.*`, `import.cancelled`
 */
export async function readText(path: string, options: ReadOptions = {}): Promise<Text> {
  const size = await fileSize(path)
  if (size > mostBytes) {
    throw new UnrollError('dataset.too-large', `${basename(path)} has ${size} bytes; this version reads texts up to ${mostBytes} bytes.`, { hint: 'Cut the text into parts and import one.', where: { file: path } })
  }
  let ids = new Int32Array(size)
  let length = 0
  const { counts } = await scan(path, options, (points, count) => {
    // The file may have grown while it was read.
    if (length + count > ids.length) ids = grown(ids, length + count)
    ids.set(count === points.length ? points : points.subarray(0, count), length)
    length += count
  })
  const vocabulary = symbolsIn(counts)
  const idOf = new Int32Array(codePoints)
  vocabulary.forEach((symbol, id) => { idOf[symbol.codePointAt(0)!] = id })
  for (let index = 0; index < length; index++) ids[index] = idOf[ids[index]!]!
  return { ids: length < ids.length ? ids.slice(0, length) : ids, vocabulary }
}

/**
 * Reads a text once, a chunk at a time.
 * @param take the code points of each chunk: the first `count` of an array that is used again for the next chunk
 * @returns how often each code point occurs
 */
export async function scan(path: string, options: ReadOptions, take: (points: Int32Array, count: number) => void): Promise<{ counts: Uint32Array; characters: number; byteOrderMark: boolean }> {
  const decoder = new Utf8Decoder(path)
  const counts = new Uint32Array(codePoints)
  let points = new Int32Array(0)
  let characters = 0
  for await (const chunk of chunksOf(path, options, () => characters)) {
    if (points.length < chunk.length) points = new Int32Array(chunk.length)
    const count = decoder.decode(chunk, points, 0)
    for (let index = 0; index < count; index++) counts[points[index]!]!++
    take(points, count)
    characters += count
  }
  decoder.end()
  if (characters === 0) throw emptyFile(path)
  return { counts, characters, byteOrderMark: decoder.byteOrderMark }
}

export const emptyFile = (path: string) =>
  new UnrollError('dataset.empty', `${basename(path)} is empty; there is nothing to learn from.`, { hint: 'Choose a file with data in it.', where: { file: path, line: 1, column: 1 } })

/** In the order of their code points. */
export function symbolsIn(counts: Uint32Array): string[] {
  const symbols: string[] = []
  counts.forEach((count, point) => { if (count > 0) symbols.push(String.fromCodePoint(point)) })
  return symbols
}

function grown(ids: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length * 2)
  larger.set(ids)
  return larger
}
