import { isUtf8 } from 'node:buffer'
import { basename } from 'node:path'
import { UnrollError } from '@shared/errors'
import { chunksOf } from '../files'
import type { ReadOptions } from '../prepared-dataset'
import { Utf8Decoder } from './utf8'

const byteOrderMark = [0xef, 0xbb, 0xbf] as const

/**
 * A UTF-8 file as bytes that are checked to be UTF-8 without NUL, each chunk ending where a character does; a byte order
 * mark at the start is left out. The check is the platform's (gigabytes a second); only when it fails is the file read
 * again, byte by byte, to say where.
 * @throws UnrollError `dataset.not-utf8`, `dataset.binary` with line and column; `file.*`, `import.cancelled`
 */
export async function* utf8Chunks(path: string, options: ReadOptions, rows: () => number = () => 0): AsyncGenerator<Uint8Array, void, void> {
  let rest: Uint8Array = new Uint8Array(0)
  let joined: Uint8Array = new Uint8Array(0)
  let first = true
  for await (const chunk of chunksOf(path, options, rows)) {
    let bytes: Uint8Array = chunk
    if (rest.length > 0) {
      if (joined.length < rest.length + chunk.length) joined = new Uint8Array(rest.length + chunk.length)
      joined.set(rest)
      joined.set(chunk, rest.length)
      bytes = joined.subarray(0, rest.length + chunk.length)
    }
    const end = wholeCharacters(bytes)
    // A copy (a Buffer's own slice is none): the chunk's memory is used again.
    rest = Uint8Array.from(bytes.subarray(end))
    let whole = bytes.subarray(0, end)
    if (!isUtf8(whole) || Buffer.from(whole.buffer, whole.byteOffset, whole.length).indexOf(0) >= 0) throw await whatIsWrong(path, options)
    if (first && byteOrderMark.every((byte, at) => whole[at] === byte)) whole = whole.subarray(byteOrderMark.length)
    first = false
    if (whole.length > 0) yield whole
  }
  if (rest.length > 0) throw await whatIsWrong(path, options)
}

/** Where the last character that may be cut off begins; all of the bytes when none is. */
function wholeCharacters(bytes: Uint8Array): number {
  const { length } = bytes
  for (let back = 1; back <= 3 && back <= length; back++) {
    const byte = bytes[length - back]!
    if (byte < 0x80) return length
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
      return back < needed ? length - back : length
    }
  }
  return length
}

/** The error with its place, found by reading the file again. */
async function whatIsWrong(path: string, { signal }: ReadOptions): Promise<unknown> {
  const decoder = new Utf8Decoder(path)
  let points = new Int32Array(0)
  try {
    for await (const chunk of chunksOf(path, { signal })) {
      if (points.length < chunk.length) points = new Int32Array(chunk.length)
      decoder.decode(chunk, points, 0)
    }
    decoder.end()
  } catch (error) {
    return error
  }
  return fileChanged(path)
}

export const fileChanged = (path: string) =>
  new UnrollError('file.changed', `${basename(path)} changed while it was read.`, { hint: 'Wait until nothing writes to it, then try again.', where: { file: path } })
