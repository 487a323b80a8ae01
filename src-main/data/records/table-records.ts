import type { ReadOptions } from '../prepared-dataset'
import { readRows } from '../series/csv-rows'
import { dialectOf, type Delimiter } from '../series/dialect'
import { missingColumn } from '../series/series-errors'
import { emptySequence, noColumnNamed } from './record-errors'
import type { RecordColumns, RecordTable } from './record-table'

/**
 * The two columns of a table that make its records.
 * @throws UnrollError `dataset.column-missing`, `.empty-sequence`, `.ragged-row`, … with file, line and column
 */
export async function readTableRecords(path: string, columns: RecordColumns, written: { delimiter?: Delimiter | undefined; header?: boolean | undefined }, options: ReadOptions = {}): Promise<RecordTable> {
  const table: RecordTable = { sequences: [], targets: [], lines: [] }
  const dialect = await dialectOf(path, written)
  const { sequence, target, targetIs } = columns
  let [sequenceField, targetField] = [-1, -1]
  await readRows(path, dialect, {
    names(names) {
      const fieldOf = (key: string, wanted: string | undefined) => {
        if (wanted === undefined) throw noColumnNamed(path, key, names)
        const field = names.indexOf(wanted)
        if (field < 0) throw missingColumn(path, wanted, names)
        return field
      }
      sequenceField = fieldOf('sequence', sequence)
      targetField = fieldOf(targetIs === 'class' ? 'label' : 'output', target)
    },
    row(cells, _row, line) {
      const cell = (field: number, name: string) => {
        if (cells[field] === '') throw emptySequence(path, `"${name}"`, line, field + 1)
        return cells[field]!
      }
      table.sequences.push(cell(sequenceField, sequence!))
      table.targets.push(cell(targetField, target!))
      table.lines.push(line)
    },
  }, options)
  return table
}
