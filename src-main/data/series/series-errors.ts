import { basename } from 'node:path'
import { UnrollError } from '@shared/errors'
import type { LogKind } from '../../engine/series/transforms'
import { listed, quoted } from '../listed'
import { kindOf } from './cells'

/** Where a cell stands: rows count from 1 without the header, lines and fields from 1 as an editor shows them. */
export interface CellPlace { file: string; row: number; line: number; field: number; column: string }

const shown = (cell: string) => JSON.stringify(cell.length > 40 ? `${cell.slice(0, 40)}…` : cell)

/** A cell of a chosen column that isn't a number the engine can hold. */
export function badCell(cell: string, { file, row, line, field, column }: CellPlace, decimalComma: boolean): UnrollError {
  const at = `in row ${row} of column "${column}" (${line > 0 ? `line ${line}, ` : ''}field ${field} of ${basename(file)})`
  const where = { file, ...(line > 0 && { line }), column: field }
  switch (kindOf(cell, decimalComma)) {
    case 'missing':
      return new UnrollError('dataset.missing-value', `A number was expected ${at}; ${cell.trim() === '' ? 'the cell is empty' : `found ${shown(cell)}`}.`, {
        hint: 'Fill the gap in the file (for instance with the value before it), cut the file where the gap is, or leave the column out.', where,
      })
    case 'not-finite':
      return new UnrollError('dataset.not-finite', `A finite number up to 3.4e38 was expected ${at}; found ${shown(cell)}.`, { hint: 'Correct the value in the file, or leave the column out.', where })
    default:
      return new UnrollError('dataset.not-a-number', `A number was expected ${at}; found ${shown(cell)}.`, { hint: 'Correct the cell in the file, or leave the column out.', where })
  }
}

export function raggedRow(file: string, row: number, line: number, found: number, expected: number, header: boolean): UnrollError {
  return new UnrollError('dataset.ragged-row', `Row ${row} (line ${line} of ${basename(file)}) has ${found} field${found === 1 ? '' : 's'}; ${header ? 'the header' : 'the first row'} has ${expected}.`, {
    hint: found > expected ? 'Put quotes around cells that hold the delimiter, or choose another delimiter.' : 'Complete the row, or choose another delimiter.',
    where: { file, line, column: Math.min(found, expected) + 1 },
  })
}

export function missingColumn(file: string, wanted: string, names: readonly string[]): UnrollError {
  return new UnrollError('dataset.column-missing', `${basename(file)} has no column ${quoted(wanted)}; it has ${listed(names)}.`, {
    hint: 'Choose one of these columns.', where: { file, line: 1 },
  })
}

export function duplicateColumn(file: string, name: string, first: number, second: number): UnrollError {
  return new UnrollError('dataset.duplicate-column', `Columns ${first} and ${second} of ${basename(file)} are both called ${quoted(name)}.`, {
    hint: 'Give each column its own name in the first line.', where: { file, line: 1, column: second },
  })
}

export function noNumericColumn(file: string, example: { column: string; cell: string; line: number } | null): UnrollError {
  const such = example ? ` Column "${example.column}", for one, holds ${shown(example.cell)}${example.line > 0 ? ` in line ${example.line}` : ''}.` : ''
  return new UnrollError('dataset.no-numeric-column', `No column of ${basename(file)} holds numbers; a series needs at least one.${such}`, {
    hint: 'Choose another delimiter if the columns look wrong, or import the file as text.', where: { file, line: example?.line ?? 1 },
  })
}

export function noRows(file: string): UnrollError {
  return new UnrollError('dataset.empty', `${basename(file)} has a header but no rows; there is nothing to learn from.`, {
    hint: 'Choose a file with data in it, or say that its first line isn\'t a header.', where: { file, line: 2, column: 1 },
  })
}

export const openQuote = (file: string, line: number) =>
  new UnrollError('dataset.csv-quote', `A quote opened in ${basename(file)} is never closed; the file ends in line ${line}.`, { hint: 'Close the quote, or write quotes inside a cell twice ("").', where: { file, line } })

export const strayQuote = (file: string, line: number, field: number) =>
  new UnrollError('dataset.csv-quote', `Quotes in line ${line}, field ${field} of ${basename(file)} can't be read.`, { hint: 'Put quotes around the whole cell and write quotes inside it twice ("").', where: { file, line, column: field } })

export const rowTooLong = (file: string, line: number) =>
  new UnrollError('dataset.csv-quote', `A row of ${basename(file)} near line ${line} is longer than a million characters; most likely a quote isn't closed.`, { hint: 'Close the quote, or check that this is a CSV file.', where: { file, line } })

/** @param line of the row in its source, where it is known */
export const missingInStored = (source: string, column: string, row: number, line: number | undefined) =>
  new UnrollError('dataset.missing-value', `A number was expected in row ${row} of column "${column}" ${line ? `(line ${line} of ${source})` : `of ${source}`}; the cell is missing.`, {
    hint: 'Say what to do with missing values (data.missing), or leave the column out.', where: { parameter: 'data.missing' },
  })

/** A value without a logarithm. @param at.label what stands in its time column; null: nothing known */
export function noLogarithm(path: string, column: string, log: LogKind, { value, row, line, label }: { value: number; row: number; line?: number | undefined; label: string | null }): UnrollError {
  const why = log === 'log' ? 'only numbers above 0 have a logarithm' : 'ln(1 + x) needs numbers above −1'
  return new UnrollError('dataset.log', `Row ${row.toLocaleString('en')}${label === null && !line ? '' : ` (${[label, line ? `line ${line.toLocaleString('en')}` : null].filter((part) => part !== null).join(', ')})`} of column "${column}" of ${basename(path)} is ${value}, and ${why}.`, {
    hint: log === 'log' && value > -1 ? 'Take ln(1 + x) instead (data.transform.log "log1p"), or name the columns to take logarithms of in data.transform.columns.' : 'Name the columns to take logarithms of in data.transform.columns, without this one.',
    where: { file: path, ...(line !== undefined && { line }), parameter: 'data.transform' },
  })
}
