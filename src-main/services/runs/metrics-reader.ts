import { open, type FileHandle } from 'node:fs/promises'
import { type MetricBlock, MetricBlockWriter } from '@shared/rpc/metric-block'
import { isMissing } from '../files/atomic'

/** Lines of one answer: a window takes them in within a fraction of a frame. */
const blockLines = 8192
const chunkBytes = 2 ** 18
const newline = 10

/**
 * Reads metrics.jsonl block by block. Where blocks ended is remembered, so that a long file is read once, not once a block.
 */
export class MetricsReader {
  /** Byte at which a line starts, by line. */
  private readonly marks = new Map<number, number>([[0, 0]])

  private rewrites = 0

  constructor(private readonly path: string) {}

  /** What follows line `lines` will be written anew. */
  forget(lines: number): void {
    this.rewrites++
    for (const line of this.marks.keys()) if (line > lines) this.marks.delete(line)
  }

  /** The metrics from line `from` on, at most a block of them; a torn or foreign line ends them. */
  async read(from: number): Promise<MetricBlock> {
    const writer = new MetricBlockWriter(from, blockLines)
    let file: FileHandle
    try {
      file = await open(this.path, 'r')
    } catch (error) {
      if (isMissing(error)) return writer.end(false, 1)
      throw error
    }
    try {
      return await this.fill(file, writer)
    } finally {
      await file.close()
    }
  }

  private async fill(file: FileHandle, writer: MetricBlockWriter): Promise<MetricBlock> {
    const { rewrites } = this
    const { size } = await file.stat()
    let line = Math.max(...[...this.marks.keys()].filter((known) => known <= writer.from))
    /** Where the line that is being read starts. */
    let at = this.marks.get(line)!
    let rest = Buffer.alloc(0)
    while (at + rest.length < size) {
      const chunk = Buffer.alloc(Math.min(chunkBytes, size - at - rest.length))
      const { bytesRead } = await file.read(chunk, 0, chunk.length, at + rest.length)
      if (bytesRead === 0) break
      const bytes = Buffer.concat([rest, chunk.subarray(0, bytesRead)])
      let start = 0
      for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
        if (line >= writer.from) {
          if (writer.count === blockLines) {
            this.mark(line, at + start, rewrites)
            return writer.end(true, (at + start) / size)
          }
          if (!writer.add(parsed(bytes.toString('utf8', start, end)))) return writer.end(false, 1)
        }
        start = end + 1
        line++
      }
      at += start
      rest = bytes.subarray(start)
    }
    this.mark(line, at, rewrites)
    return writer.end(false, 1)
  }

  private mark(line: number, at: number, rewrites: number): void {
    if (rewrites === this.rewrites) this.marks.set(line, at)
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
