import { isParquet } from '../parquet/read-parquet'
import type { RecordsOptions } from '@shared/rpc/schemas'
import { kindOf } from '../series/cells'
import { cellsOf, firstLines, guessDelimiter, type Delimiter } from '../series/dialect'
import { isRoleName } from './record-columns'

/** How a table of records is written; what `known` doesn't say is guessed from its first lines. */
export async function recordDialect(path: string, known: Pick<RecordsOptions, 'delimiter' | 'header'>): Promise<{ delimiter: Delimiter; header: boolean; parquet?: true }> {
  if (await isParquet(path)) return { delimiter: ',', header: true, parquet: true }
  const lines = await firstLines(path)
  const delimiter = known.delimiter ?? guessDelimiter(lines) ?? ','
  return { delimiter, header: known.header ?? hasHeader(lines.map((line) => cellsOf(line, delimiter))) }
}

/**
 * Text above text doesn't show which is a name. A first row is names when one of them says a role; when it is words above a
 * column of numbers; or when a column repeats a few values of which the first row's isn't one.
 */
function hasHeader([first, ...rows]: string[][]): boolean {
  if (first === undefined || rows.length === 0) return false
  const isNumber = (cell: string | undefined) => cell !== undefined && kindOf(cell, false) === 'number'
  if (first.some(isNumber)) return false
  if (first.some(isRoleName)) return true
  return first.some((cell, field) => {
    const column = rows.map((row) => row[field] ?? '')
    const values = new Set(column)
    return column.every(isNumber) || (rows.length >= 6 && values.size <= rows.length / 3 && !values.has(cell))
  })
}
