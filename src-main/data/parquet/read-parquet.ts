import { open, stat, type FileHandle } from 'node:fs/promises'
import { extname } from 'node:path'
import { UnrollError } from '@shared/errors'
import { chunksOf, fileError, fileSize, throwIfCancelled } from '../files'
import type { ReadOptions } from '../prepared-dataset'
import type { TableReader } from '../series/csv-rows'
import { ChunkReader } from './chunk-reader'
import { codecRefused } from './decompress'
import { readFooter, type ParquetColumn, type ParquetFile, type ParquetGroup } from './footer'
import { ParquetCells } from './parquet-cells'
import { damagedParquet, noParquetRows, noPlainColumns, ParquetFault, ParquetUnread, unreadColumn, unreadParquet } from './parquet-errors'

export const parquetEndings = new Set(['.parquet', '.pq'])
/** Cells handed over between two breaths; a series' writer has room for more. */
const batchCells = 256 * 1024
const mostRows = 500_000_000
const tellEveryMs = 50

/** Whether a file is called Parquet, or is it by what it begins and ends with. */
export async function isParquet(path: string): Promise<boolean> {
  if (parquetEndings.has(extname(path).toLowerCase())) return true
  const found = await stat(path).catch(() => null)
  // Opening a pipe would wait for whoever writes to it.
  if (!found?.isFile() || found.size < 12) return false
  const file = await open(path).catch(() => null)
  if (file === null) return false
  try {
    const [start, end] = [Buffer.alloc(4), Buffer.alloc(4)]
    const { size } = found
    await file.read(start, 0, 4, 0)
    await file.read(end, 0, 4, size - 4)
    return start.toString('latin1') === 'PAR1' && end.toString('latin1') === 'PAR1'
  } catch {
    return false
  } finally {
    await file.close()
  }
}

/** The flat columns of a Parquet file, and which of them are numbers. */
export async function parquetColumns(path: string): Promise<{ name: string; numeric: boolean }[]> {
  return withParquet(path, async (_file, { columns }) => columns.map(({ name, kind }) => ({ name, numeric: kind.is === 'number' || kind.is === 'boolean' })))
}

/**
 * Reads a Parquet file row by row, as `readTable` reads a table of text: row group by row group, of each column only the page
 * under way in memory. Booleans are 0 and 1, dates and timestamps texts (UTC), decimals numbers; lists and structures aren't read.
 * @returns the number of rows
 * @throws UnrollError `dataset.parquet*`, `dataset.empty`, and what `reader` throws
 */
export async function readParquet(path: string, reader: TableReader, options: ReadOptions = {}): Promise<number> {
  // A hash wants all bytes in their order, which the columns aren't read in.
  if (options.onChunk) for await (const chunk of chunksOf(path, { signal: options.signal, onChunk: options.onChunk })) void chunk
  return withParquet(path, async (file, parquet) => {
    const { columns, groups, rows } = parquet
    if (rows > mostRows) throw unreadParquet(path, `has ${rows.toLocaleString('en')} rows, more than Unroll reads`, 'Import a part of it.')
    name(path, reader, parquet)
    if (rows === 0) throw noParquetRows(path)
    const fields = new Set(reader.fields?.() ?? columns.keys())
    const cells = new ParquetCells(columns.length)
    const batch = Math.max(1, Math.floor(batchCells / columns.length))
    let [row, told] = [0, 0]
    for (const group of groups) {
      if (group.rows === 0) continue
      const readers = columns.map((column, field) => (fields.has(field) ? readerOf(file, path, column, group) : null))
      const left = new Int32Array(columns.length)
      for (let done = 0; done < group.rows;) {
        let count = Math.min(batch, group.rows - done)
        for (const field of fields) {
          if (left[field] === 0) {
            const page = await readers[field]!.next()
            cells.open(field, page.values)
            left[field] = page.count
          }
          count = Math.min(count, left[field]!)
        }
        for (let at = 0; at < count; at++) {
          cells.show()
          reader.row(cells, ++row, 0)
        }
        for (const field of fields) left[field]! -= count
        done += count
        await reader.chunkDone?.()
        throwIfCancelled(options.signal)
        const now = Date.now()
        if (options.onProgress && now - told >= tellEveryMs) {
          told = now
          options.onProgress({ bytes: Math.round(parquet.bytes * row / rows), totalBytes: parquet.bytes, rows: row })
        }
      }
    }
    options.onProgress?.({ bytes: parquet.bytes, totalBytes: parquet.bytes, rows: row })
    return row
  })
}

function readerOf(file: FileHandle, path: string, column: ParquetColumn, group: ParquetGroup): ChunkReader {
  const chunk = group.chunks[column.leaf]!
  const refused = codecRefused(chunk.codec)
  if (refused) throw unreadParquet(path, `is compressed by ${refused}, which Unroll doesn't read`, 'Write it with Snappy, Zstandard, Gzip, Brotli, LZ4 or without compression.')
  return new ChunkReader(file, column, chunk)
}

/** Columns of bytes that aren't said to be text, and in their first page aren't, are put among those that aren't read. */
async function passOverBytes(file: FileHandle, path: string, parquet: ParquetFile): Promise<void> {
  const first = parquet.groups.find(({ rows }) => rows > 0)
  if (first === undefined) return
  for (const column of [...parquet.columns]) {
    if (column.kind.is !== 'text' || column.kind.marked) continue
    try {
      await readerOf(file, path, column, first).next()
    } catch (error) {
      if (!(error instanceof ParquetUnread)) continue
      parquet.columns.splice(parquet.columns.indexOf(column), 1)
      parquet.others.push({ name: column.name, what: 'raw bytes' })
    }
  }
  if (parquet.columns.length === 0) throw noPlainColumns(path, parquet.others)
}

/** A column that isn't there may be one that isn't read. */
function name(path: string, reader: TableReader, { columns, others }: ParquetFile): void {
  try {
    reader.names(columns.map((column) => column.name))
  } catch (error) {
    if (!(error instanceof UnrollError) || error.code !== 'dataset.column-missing' || others.length === 0) throw error
    throw new UnrollError(error.code, error.message, { hint: `Choose one of these columns. ${others.slice(0, 5).map((other) => `"${other.name}" holds ${other.what}`).join(', ')}, which aren't read: flatten them into columns of their own.`, where: { file: path } })
  }
}

async function withParquet<T>(path: string, work: (file: FileHandle, parquet: ParquetFile) => Promise<T>): Promise<T> {
  const bytes = await fileSize(path)
  const file = await open(path).catch((error: unknown) => { throw fileError(path, error) })
  try {
    const parquet = await readFooter(file, bytes, path)
    await passOverBytes(file, path, parquet)
    return await work(file, parquet)
  } catch (error) {
    if (error instanceof ParquetFault) throw damagedParquet(path, error.message)
    if (error instanceof ParquetUnread) throw unreadColumn(path, error)
    throw fileError(path, error)
  } finally {
    await file.close()
  }
}
