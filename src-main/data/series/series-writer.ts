import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { ShardWriter } from '../shards/npy'
import type { Keys } from './keys'
import { LineShard, type StoredLines } from './line-shard'
import type { TableCells } from './table-cells'

export const seriesFiles = { values: 'values.npy', keys: 'keys.npy', labels: 'labels.txt', lines: 'lines.npy' } as const

/** No chunk of a table has more cells: rows of at most a million bytes and a chunk, two bytes a cell. */
const room = 640 * 1024
const lineFeed = 0x0a

/** Which fields of a row are kept, and what becomes of them. */
export interface KeptFields {
  /** Columns of numbers. */
  values: readonly number[]
  /** The time column, kept as written; null: none. */
  clock: number | null
  /** The column that says whose row it is; null: none. */
  key: { field: number; keys: Keys } | null
}

/** Writes the rows of a table as shards, in bounded memory: `row` for each, `flush` after each chunk of the file. */
export class SeriesWriter {
  private rows = 0
  private labelled = 0
  private labels = new Uint8Array(room)

  private constructor(
    private readonly kept: KeptFields, private readonly values: ShardWriter<Float64Array>,
    private readonly ids: ShardWriter<Int32Array> | null, private readonly labelFile: FileHandle | null,
    private readonly lines: LineShard,
  ) {}

  static async create(folder: string, kept: KeptFields): Promise<SeriesWriter> {
    return new SeriesWriter(
      kept, await ShardWriter.create(join(folder, seriesFiles.values), (length) => new Float64Array(length), room, kept.values.length),
      kept.key && await ShardWriter.create(join(folder, seriesFiles.keys), (length) => new Int32Array(length), room),
      kept.clock === null ? null : await open(join(folder, seriesFiles.labels), 'wx'),
      new LineShard(folder, seriesFiles.lines, room),
    )
  }

  /** @param numbers of all the row's cells   @param line the row ends in, 0 where there are none */
  row(cells: TableCells, numbers: Float64Array, line: number): void {
    const { kept: { values, clock, key }, rows } = this
    const block = this.values.buffer
    for (let column = 0; column < values.length; column++) block[rows * values.length + column] = numbers[values[column]!]!
    if (clock !== null) this.label(cells, clock)
    if (key !== null) this.ids!.buffer[rows] = key.keys.idOf(cells.text(key.field))
    this.lines.add(line)
    this.rows++
  }

  async flush(): Promise<void> {
    const { rows } = this
    if (rows === 0) return
    await this.values.write(rows * this.kept.values.length)
    await this.ids?.write(rows)
    await this.lines.flush()
    if (this.labelFile !== null) await this.labelFile.writeFile(this.labels.subarray(0, this.labelled))
    this.rows = 0
    this.labelled = 0
  }

  /** @returns the rows' lines */
  async close(): Promise<StoredLines> {
    await this.flush()
    await this.values.close()
    await this.ids?.close()
    await this.labelFile?.sync()
    await this.labelFile?.close()
    return this.lines.close()
  }

  async abandon(): Promise<void> {
    await Promise.all([this.values, this.ids, this.lines].map((writer) => writer?.abandon()))
    await this.labelFile?.close().catch(() => undefined)
  }

  /** The cell's bytes and a line end, which stands for those within a cell too. */
  private label(cells: TableCells, field: number): void {
    cells.settle(field)
    const [from, to] = [cells.starts[field]!, cells.ends[field]!]
    if (this.labelled + to - from + 1 > this.labels.length) {
      const larger = new Uint8Array(2 * this.labels.length + to - from)
      larger.set(this.labels)
      this.labels = larger
    }
    for (let at = from; at < to; at++) this.labels[this.labelled++] = cells.bytes[at] === lineFeed ? 0x20 : cells.bytes[at]!
    this.labels[this.labelled++] = lineFeed
  }
}
