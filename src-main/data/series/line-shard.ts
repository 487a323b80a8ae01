import { join } from 'node:path'
import { ShardWriter, type ShardType } from '../shards/npy'

/** In which line of its source each row ends: the first one's, where each next row is one line further, or all of them as a shard. */
export type StoredLines = number | { file: string; type: ShardType; shape: number[] } | null

/** Keeps the lines of rows, of which a shard is written only from the first row on that isn't one line behind the one before. */
export class LineShard {
  private readonly batch: Int32Array
  private pending = 0
  private rows = 0
  private first = 0
  private regular = true
  private shard: ShardWriter<Int32Array> | null = null

  /** @param room rows between two flushes, at most */
  constructor(private readonly folder: string, private readonly file: string, private readonly room: number) { this.batch = new Int32Array(room) }

  /** @param line 0: the source has none */
  add(line: number): void {
    if (this.rows + this.pending === 0) this.first = line
    if (line !== this.first + this.rows + this.pending && this.first > 0) this.regular = false
    this.batch[this.pending++] = line
  }

  async flush(): Promise<void> {
    if (!this.regular) {
      this.shard ??= await this.caughtUp()
      this.shard.buffer.set(this.batch.subarray(0, this.pending))
      await this.shard.write(this.pending)
    }
    this.rows += this.pending
    this.pending = 0
  }

  async close(): Promise<StoredLines> {
    if (this.shard === null) return this.first === 0 ? null : this.first
    return { file: this.file, type: '<i4', shape: await this.shard.close() }
  }

  async abandon(): Promise<void> { await this.shard?.abandon() }

  /** A shard of the rows before, which stood line behind line. */
  private async caughtUp(): Promise<ShardWriter<Int32Array>> {
    const shard = await ShardWriter.create(join(this.folder, this.file), (length) => new Int32Array(length), this.room)
    for (let done = 0; done < this.rows;) {
      const count = Math.min(this.room, this.rows - done)
      for (let at = 0; at < count; at++) shard.buffer[at] = this.first + done + at
      await shard.write(count)
      done += count
    }
    return shard
  }
}
