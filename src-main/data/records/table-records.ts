import type { ReadOptions } from '../prepared-dataset'
import { readRows } from '../series/csv-rows'
import { dialectOf, type Delimiter } from '../series/dialect'
import { missingColumn } from '../series/series-errors'
import { emptySequence, noColumnNamed, noneUsable, partIn } from './record-errors'
import { RecordCollector, type RecordColumns, type RecordTable } from './record-table'

/**
 * The columns of a table that make its records.
 * @throws UnrollError `dataset.column-missing`, `.empty-sequence`, `.ragged-row`, … with file, line and column
 */
export async function readTableRecords(path: string, columns: RecordColumns, written: { delimiter?: Delimiter | undefined; header?: boolean | undefined }, options: ReadOptions = {}): Promise<RecordTable> {
  const collector = new RecordCollector(columns)
  const dialect = await dialectOf(path, written)
  const { sequence, target, targetIs, group, part } = columns
  let [sequenceField, targetField, groupField, partField] = [-1, -1, -1, -1]
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
      if (group !== undefined) groupField = fieldOf('group', group)
      if (part !== undefined) partField = fieldOf('part', part)
    },
    ragged: (line, error) => collector.leaveOut(line, error),
    row(cells, _row, line) {
      const cell = (field: number, name: string) => {
        if (cells[field] === '') throw emptySequence(path, `"${name}"`, line, field + 1)
        return cells[field]!
      }
      collector.add(line, () => ({ sequence: cell(sequenceField, sequence!), target: cell(targetField, target!), group: group === undefined ? undefined : cell(groupField, group), part: part === undefined ? undefined : partIn(path, part, cells[partField]!, line, partField + 1) }))
    },
  }, options)
  const { table } = collector
  if (table.sequences.length === 0 && table.leftOut?.rows[0] !== undefined) throw noneUsable(path, table.leftOut)
  return table
}
