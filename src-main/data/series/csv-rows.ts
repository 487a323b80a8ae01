import type { UnrollError } from '@shared/errors'
import { readParquet } from '../parquet/read-parquet'
import type { ReadOptions } from '../prepared-dataset'
import { emptyFile } from '../text/text-errors'
import { fileChunks } from '../text/text-source'
import type { Dialect } from './dialect'
import { badCell, duplicateColumn, noRows, raggedRow } from './series-errors'
import type { TableCells } from './table-cells'
import { TableScanner } from './table-scanner'

export interface TableReader {
  /** Called once, before the first row. */
  names(names: string[]): void
  /** Which fields are asked for, once names are known; where reading fewer is less work, the others are empty. Absent: all. */
  fields?(): number[]
  /** Rows count from 1, without the header; `line` is the line the row ends in, 0 where there are none. @param cells hold the row until it returns */
  row(cells: TableCells, row: number, line: number): void
  /** A row that has more or fewer cells than there are columns; true: it is passed over. */
  ragged?(line: number, error: UnrollError): boolean
  /** Called after each chunk of the file, whose rows it may then write. */
  chunkDone?(): Promise<void>
}

export interface RowReader {
  names(names: string[]): void
  /** Cells as written. */
  row(cells: string[], row: number, line: number): void
  ragged?(line: number, error: UnrollError): boolean
}

/**
 * Reads a table once, row by row; only the chunk under way is in memory, and no cell is a string unless it is asked for.
 * @returns the number of rows
 * @throws UnrollError `dataset.not-utf8`, `.encoding`, `.binary`, `.empty`, `.ragged-row`, `.duplicate-column`, `.csv-quote`, `.missing-value`, and what `reader` throws
 */
export async function readTable(path: string, dialect: Dialect, reader: TableReader, options: ReadOptions = {}): Promise<number> {
  if (dialect.parquet) return readParquet(path, reader, options)
  let rows = 0
  let names: string[] | null = null
  const scanner = new TableScanner(path, dialect, (cells, line) => {
    if (names === null) {
      names = namesOf(path, cells.texts(), dialect.header)
      scanner.blank = 0
      reader.names(names)
      if (dialect.header) return
    }
    if (cells.count !== names.length) {
      const ragged = raggedRow(path, rows + 1, line, cells.count, names.length, dialect.header)
      if (reader.ragged?.(line, ragged) === true) return
      throw ragged
    }
    // In a table of one column a blank line is a gap in the series, not decoration.
    if (scanner.blank > 0 && names.length === 1) throw badCell('', { file: path, row: rows + 1, line: line - 1, field: 1, column: names[0]! }, dialect.decimalComma)
    reader.row(cells, ++rows, line)
  })
  for await (const chunk of fileChunks(path, dialect.encoding, options, () => rows)) {
    scanner.write(chunk)
    await reader.chunkDone?.()
  }
  scanner.end()
  if (names === null) throw emptyFile(path)
  if (rows === 0) throw noRows(path)
  return rows
}

/** The same with a string for each cell. */
export const readRows = (path: string, dialect: Dialect, reader: RowReader, options: ReadOptions = {}): Promise<number> =>
  readTable(path, dialect, { names: (names) => reader.names(names), ...(reader.ragged && { ragged: (line: number, error: UnrollError) => reader.ragged!(line, error) }), row: (cells, row, line) => reader.row(cells.texts(), row, line) }, options)

function namesOf(path: string, cells: string[], header: boolean): string[] {
  const names = cells.map((cell, index) => (header && cell.trim() !== '' ? cell.trim() : `column ${index + 1}`))
  const places = new Map<string, number>()
  names.forEach((name, index) => {
    const first = places.get(name)
    if (first !== undefined) throw duplicateColumn(path, name, first + 1, index + 1)
    places.set(name, index)
  })
  return names
}
