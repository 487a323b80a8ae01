import { parseNumber } from '../../ui/number'
import type { Feature } from '../../stores/meaning'

/** A column of the user's: one value a step. */
export interface OwnColumn {
  readonly name: string
  /** As written; empty where there is none. */
  readonly values: readonly string[]
  readonly numeric: boolean
}

const most = 1_000_000

/** Whether the first of several lines names the columns: some column is of numbers from its second line on, but not in its first. */
export function guessHeader(rows: readonly (readonly string[])[]): boolean {
  if (rows.length < 2) return false
  const named = rows[0]!.every((cell) => !isNumber(cell)) && rows[0]!.some((cell) => cell.trim() !== '')
  return named && (rows[0]!.length > 1 || rows[0]!.some((_, column) => rows.slice(1).every((row) => row[column]!.trim() === '' || isNumber(row[column]!))))
}

const isNumber = (cell: string) => cell.trim() !== '' && !Number.isNaN(parseNumber(cell) ?? Number.NaN)

/** Lines and fields of a CSV, TSV or plain list; one line of several values is a list too. */
export function readRows(text: string): { rows: string[][]; problem: string | null } {
  const clean = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')
  const first = clean.slice(0, clean.indexOf('\n') < 0 ? clean.length : clean.indexOf('\n'))
  const delimiter = first.includes('\t') ? '\t' : first.includes(';') ? ';' : first.includes(',') ? ',' : null
  const rows: string[][] = []
  let [row, cell, quoted, line] = [[] as string[], '', false, 1]
  const endRow = () => {
    rows.push([...row, cell])
    ;[row, cell] = [[], '']
  }
  for (let at = 0; at < clean.length; at++) {
    const sign = clean[at]!
    if (quoted) {
      if (sign === '\n') line++
      if (sign !== '"') cell += sign
      else if (clean[at + 1] === '"') cell += clean[++at]
      else quoted = false
    } else if (sign === '"' && cell === '' && delimiter !== null) quoted = true
    else if (sign === delimiter) {
      row.push(cell)
      cell = ''
    } else if (sign === '\n') {
      endRow()
      line++
    } else cell += sign
  }
  if (quoted) return { rows: [], problem: `A quotation mark that is opened before line ${line} is never closed.` }
  if (cell !== '' || row.length > 0) endRow()
  // Lines at the end that say nothing.
  while (rows.length > 0 && rows.at(-1)!.every((each) => each.trim() === '')) rows.pop()
  if (rows.length === 0) return { rows, problem: 'There is nothing in it.' }
  if (rows.length === 1) return { rows: (delimiter === null ? rows[0]![0]!.trim().split(/\s+/) : rows[0]!).map((value) => [value]), problem: null }
  const width = rows[0]!.length
  const wrong = rows.findIndex((each) => each.length !== width)
  if (wrong >= 0) return { rows: [], problem: `Line ${wrong + 1} has ${rows[wrong]!.length} fields, the first has ${width}.` }
  return rows.length > most ? { rows: [], problem: `At most ${most.toLocaleString('en-US')} lines; this has ${rows.length.toLocaleString('en-US')}.` } : { rows, problem: null }
}

/** The columns of the user's text. */
export function ownColumns(rows: readonly (readonly string[])[], header: boolean, fallback: string): OwnColumn[] {
  const body = header ? rows.slice(1) : rows
  return Array.from({ length: rows[0]?.length ?? 0 }, (_, column) => {
    const values = body.map((row) => row[column]!.trim())
    const name = header ? rows[0]![column]!.trim() : ''
    return { name: (name || (rows[0]!.length > 1 ? `column ${column + 1}` : fallback)).slice(0, 200), values, numeric: values.some((value) => value !== '') && values.every((value) => value === '' || isNumber(value)) }
  })
}

/** What the service is asked; `name` may be the user's own. */
export const ownFeature = ({ values, numeric }: OwnColumn, name: string): Feature => numeric
  ? { kind: 'numbers', name, values: Float32Array.from(values, (value) => parseNumber(value) ?? Number.NaN) }
  : { kind: 'tags', name, values: values.map((value) => value.slice(0, 200)) }
