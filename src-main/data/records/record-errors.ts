import { basename } from 'node:path'
import { UnrollError } from '@shared/errors'
import { listed } from '../listed'
import { partNamed } from '../splits/part-names'
import type { Parts } from './stratified-split'

export function noColumnNamed(file: string, key: string, names: readonly string[]): UnrollError {
  return new UnrollError('experiment.data', `data.${key} doesn't say which column of ${basename(file)} to read; it has ${listed(names)}.`, {
    hint: `Set data.${key} to one of these columns.`, where: { file, parameter: `data.${key}` },
  })
}

export function noTarget(file: string, names: readonly string[]): UnrollError {
  return new UnrollError('dataset.columns', `Records need a column for the sequence and another for its class or for what it becomes; ${basename(file)} has ${names.length === 1 ? `one column, "${names[0]}"` : `${listed(names)}`}.`, {
    hint: names.length === 1 ? 'Check the separator, or import the file as text.' : 'Choose one column for each.', where: { file },
  })
}

/** @param column field of a table, or character of a line, from 1 */
export function emptySequence(file: string, what: string, line: number, column: number): UnrollError {
  return new UnrollError('dataset.empty-sequence', `A ${what} with at least one symbol was expected in line ${line}, field ${column} of ${basename(file)}; it is empty.`, {
    hint: 'Fill the cell, or remove the record.', where: { file, line, column },
  })
}

export function badJson(file: string, line: number, column: number, found: string): UnrollError {
  return new UnrollError('dataset.json', `A JSON object was expected in line ${line} of ${basename(file)}; ${found} at column ${column}.`, {
    hint: 'Write one object a line, such as {"name": "Ada", "country": "UK"}.', where: { file, line, column },
  })
}

export function missingKey(file: string, key: string, line: number, names: readonly string[]): UnrollError {
  return new UnrollError('dataset.column-missing', `The record in line ${line} of ${basename(file)} has no "${key}"; it has ${listed(names) || 'no keys'}.`, {
    hint: 'Give every record this key, or name another.', where: { file, line, column: 1 },
  })
}

export function notAString(file: string, key: string, line: number, value: unknown): UnrollError {
  const found = value === null ? 'null' : Array.isArray(value) ? 'a list' : `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`
  return new UnrollError('dataset.not-text', `"${key}" in line ${line} of ${basename(file)} should be a string but is ${found}.`, {
    hint: 'Write the sequence as one string.', where: { file, line, column: 1 },
  })
}

export function emptyFolder(folder: string): UnrollError {
  return new UnrollError('dataset.empty', `The folder ${basename(folder)} has no .txt file; one file a class was expected, a sequence a line.`, {
    hint: 'Choose the folder the files lie in.', where: { file: folder },
  })
}

export function noRecords(file: string): UnrollError {
  return new UnrollError('dataset.empty', `${basename(file)} has no records; there is nothing to learn from.`, { hint: 'Choose a file with data in it.', where: { file, line: 1, column: 1 } })
}

/** Every record was left out. */
export function noneUsable(file: string, { count, rows }: { count: number; rows: { reason: string }[] }): UnrollError {
  return new UnrollError('dataset.empty', `None of the ${count.toLocaleString('en')} records of ${basename(file)} can be used; the first: ${rows[0]!.reason}`, { hint: 'Correct the file, or name other columns.', where: { file } })
}

/** The part a cell names. @throws UnrollError `dataset.part` */
export function partIn(file: string, column: string, cell: string, line: number, field: number): keyof Parts {
  const part = partNamed(cell)
  if (part !== null) return part
  throw new UnrollError('dataset.part', `"${column}" in line ${line} of ${basename(file)} should name a part of the split, train, validation or test, but holds ${JSON.stringify(cell)}.`, {
    hint: 'Correct the cell, or draw the split otherwise.', where: { file, line, column: field },
  })
}
