import { createReadStream } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { metricSchema, type Metric } from '@shared/metrics'
import { isMissing } from '../files/atomic'

/**
 * metrics.jsonl: one line a metric, appended by whole lines; gradient-flow.jsonl likewise. The last line of a killed run may
 * be torn; readers pass over it and `openAt` cuts it off.
 */
export class MetricsLog<T extends object = Metric> {
  private writing: Promise<void> = Promise.resolve()

  private constructor(private readonly file: FileHandle, private count: number) {}

  /** Opens for appending after the first `lines` lines; what follows them is cut off. */
  static async openAt<T extends object = Metric>(path: string, lines: number): Promise<MetricsLog<T>> {
    const { bytes, count } = await offsetOf(path, lines)
    const file = await open(path, 'a')
    try {
      await file.truncate(bytes)
    } catch (error) {
      await file.close()
      throw error
    }
    return new MetricsLog<T>(file, count)
  }

  /** Lines written so far. */
  get lines(): number {
    return this.count
  }

  append(metrics: readonly T[]): Promise<void> {
    this.count += metrics.length
    const text = metrics.map((metric) => `${JSON.stringify(metric)}\n`).join('')
    this.writing = this.writing.then(() => this.file.appendFile(text))
    return this.writing
  }

  /** Resolves when every line appended so far is on the disk. */
  async flush(): Promise<void> {
    await this.writing
    await this.file.sync()
  }

  async close(): Promise<void> {
    try {
      await this.writing
    } finally {
      await this.file.close()
    }
  }
}

/** The newest metrics, read from the file's end only: at most `bytes` of it. */
export async function readLastMetrics(path: string, bytes = 65_536): Promise<Metric[]> {
  let file: FileHandle
  try {
    file = await open(path, 'r')
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
  try {
    const { size } = await file.stat()
    const start = Math.max(0, size - bytes)
    const buffer = Buffer.alloc(size - start)
    await file.read(buffer, 0, buffer.length, start)
    const lines = buffer.toString('utf8').split('\n')
    if (start > 0) lines.shift()
    return lines.map(parseLine).filter((metric) => metric !== null)
  } finally {
    await file.close()
  }
}

function parseLine(text: string): Metric | null {
  try {
    return metricSchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}

/** Where line `lines` starts, in bytes; when there are fewer whole lines, where the last of them ends. */
async function offsetOf(path: string, lines: number): Promise<{ bytes: number; count: number }> {
  let bytes = 0
  let count = 0
  let position = 0
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      for (let at = chunk.indexOf(10); at >= 0 && count < lines; at = chunk.indexOf(10, at + 1)) {
        count++
        bytes = position + at + 1
      }
      if (count >= lines) break
      position += chunk.length
    }
  } catch (error) {
    if (!isMissing(error)) throw error
  }
  return { bytes, count }
}
