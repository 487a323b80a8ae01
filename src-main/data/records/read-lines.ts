import { chunksOf } from '../files'
import type { ReadOptions } from '../prepared-dataset'
import { Utf8Decoder } from '../text/utf8'

const carriageReturn = 0x0d
const lineFeed = 0x0a
const slice = 8192

/**
 * The lines of a UTF-8 file, one after the other, without their ends (\n or \r\n); only the line under way is in memory.
 * @param take a line and its number, from 1
 * @throws UnrollError `dataset.not-utf8`, `dataset.binary`, `file.*`, `import.cancelled`, and what `take` throws
 */
export async function readLines(path: string, options: ReadOptions, take: (line: string, number: number) => void): Promise<void> {
  const decoder = new Utf8Decoder(path)
  let points = new Int32Array(0)
  let [line, number] = ['', 0]
  const end = () => take(line.endsWith('\r') ? line.slice(0, -1) : line, ++number)
  for await (const chunk of chunksOf(path, options, () => number)) {
    if (points.length < chunk.length) points = new Int32Array(chunk.length)
    const count = decoder.decode(chunk, points, 0)
    let from = 0
    for (let at = 0; at < count; at++) {
      if (points[at] !== lineFeed) continue
      line += textOf(points, from, at)
      end()
      line = ''
      from = at + 1
    }
    line += textOf(points, from, count)
  }
  decoder.end()
  if (line !== '' && line !== String.fromCharCode(carriageReturn)) end()
}

/** A call can't take any number of arguments, so a slice at a time. */
function textOf(points: Int32Array, from: number, to: number): string {
  let text = ''
  for (let at = from; at < to; at += slice) text += String.fromCodePoint(...points.subarray(at, Math.min(to, at + slice)))
  return text
}
