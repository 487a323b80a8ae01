import { parse } from 'csv-parse'
import { chunksOf } from '../files'
import type { ReadOptions } from '../prepared-dataset'
import { emptyFile } from '../text/text-errors'
import { Utf8Decoder } from '../text/utf8'
import type { Dialect } from './dialect'
import { badCell, csvError, duplicateColumn, noRows, raggedRow } from './series-errors'

/** A row longer than this is an open quote, not a row. */
const longestRow = 1_000_000

export interface RowReader {
  /** Called once, before the first row. */
  names(names: string[]): void
  /** Cells as written. Rows count from 1, without the header; `line` is the line the row ends in. */
  row(cells: string[], row: number, line: number): void
}

/**
 * Reads a table once, row by row; only the chunk under way is in memory.
 * @returns the number of rows
 * @throws UnrollError `dataset.not-utf8`, `.binary`, `.empty`, `.ragged-row`, `.duplicate-column`, `.csv-quote`, `.missing-value`, and what `reader` throws
 */
export async function readRows(path: string, dialect: Dialect, reader: RowReader, options: ReadOptions = {}): Promise<number> {
  let rows = 0
  let names: string[] | null = null
  let leading = 0
  const take = (cells: string[], { lines, empty_lines: blank }: { lines: number; empty_lines: number }): null => {
    if (names === null) {
      names = namesOf(path, cells, dialect.header)
      leading = blank
      reader.names(names)
      if (dialect.header) return null
    }
    if (cells.length !== names.length) throw raggedRow(path, rows + 1, lines, cells.length, names.length, dialect.header)
    // In a table of one column a blank line is a gap in the series, not decoration.
    if (names.length === 1 && blank > leading) throw badCell('', { file: path, row: rows + 1, line: lines - 1, field: 1, column: names[0]! }, dialect.decimalComma)
    reader.row(cells, ++rows, lines)
    return null
  }
  // Tabs are spaces to `trim`, so it can't be on where they separate cells.
  const parser = parse({ delimiter: dialect.delimiter, bom: true, relax_column_count: true, skip_empty_lines: true, trim: dialect.delimiter !== '\t', max_record_size: longestRow, on_record: take })
  parser.resume()
  const failed = new Promise<never>((_resolve, reject) => parser.on('error', reject))
  // Raced below; this keeps a failure that comes first from counting as unhandled.
  failed.catch(() => undefined)
  const decoder = new Utf8Decoder(path)
  let points = new Int32Array(0)
  try {
    for await (const chunk of chunksOf(path, options, () => rows)) {
      if (points.length < chunk.length) points = new Int32Array(chunk.length)
      decoder.decode(chunk, points, 0)
      await Promise.race([failed, new Promise<void>((resolve) => parser.write(chunk, () => resolve()))])
    }
    decoder.end()
    await Promise.race([failed, new Promise<void>((resolve) => parser.end(() => resolve()))])
  } catch (error) {
    parser.destroy()
    throw csvError(path, error)
  }
  if (names === null) throw emptyFile(path)
  if (rows === 0) throw noRows(path)
  return rows
}

function namesOf(path: string, cells: string[], header: boolean): string[] {
  const names = cells.map((cell, index) => (header && cell.trim() !== '' ? cell.trim() : `column ${index + 1}`))
  names.forEach((name, index) => {
    const first = names.indexOf(name)
    if (first < index) throw duplicateColumn(path, name, first + 1, index + 1)
  })
  return names
}
