import type { DataSpec } from '@shared/experiment/schema'
import type { ReadOptions } from '../prepared-dataset'
import { readTable } from './csv-rows'
import { dialectOf } from './dialect'
import { Keys } from './keys'
import { NumberList } from './number-list'
import { badCell, missingColumn } from './series-errors'
import { kindOf } from './cells'

export type SeriesSpec = Extract<DataSpec, { kind: 'series' }>

/** A table's wanted columns as they were written: not repaired, not scaled. */
export interface Series {
  rows: number
  /** Each wanted column in its own units; NaN where a cell is missing, which only `data.missing` other than "refuse" lets pass. */
  columns: Map<string, Float64Array>
  /** The time column as written. */
  labels: string[] | null
  /** The line of the source that each row ends in; 0: the row was put in. Null: there are none. */
  lines?: Int32Array | null
  /** Whose row it is. */
  keys: { ids: Int32Array; names: string[] } | null
}

/**
 * Reads the wanted columns of a table; the others are passed over.
 * @throws UnrollError `dataset.not-a-number`, `.missing-value`, `.not-finite`, `.column-missing`, … with file, line and column
 */
export async function readSeries(path: string, spec: SeriesSpec, options: ReadOptions = {}): Promise<Series> {
  const dialect = await dialectOf(path, spec)
  const names = wantedColumns(spec)
  const lists = names.map(() => new NumberList())
  const [ids, keys, places] = [new NumberList(), new Keys(), new NumberList()]
  const labels: string[] = []
  let fields: number[] = []
  let [clock, key] = [-1, -1]
  const rows = await readTable(path, dialect, {
    names(all) {
      const fieldOf = (name: string | null) => {
        if (name === null) return -1
        const field = all.indexOf(name)
        if (field < 0) throw missingColumn(path, name, all)
        return field
      }
      fields = names.map(fieldOf)
      clock = fieldOf(spec.time)
      key = fieldOf(spec.key)
    },
    fields: () => [...new Set([...fields, clock, key])].filter((field) => field >= 0),
    row(cells, row, line) {
      for (let index = 0; index < fields.length; index++) {
        const field = fields[index]!
        const value = cells.number(field)
        if (Number.isNaN(value) && (spec.missing === 'refuse' || kindOf(cells.text(field), dialect.decimalComma) !== 'missing')) {
          throw badCell(cells.text(field), { file: path, row, line: cells.lineOf(field, line), field: field + 1, column: names[index]! }, dialect.decimalComma)
        }
        lists[index]!.push(value)
      }
      places.push(line)
      if (clock >= 0) labels.push(cells.text(clock))
      if (key >= 0) ids.push(keys.idOf(cells.text(key)))
    },
  }, options)
  return {
    rows, columns: new Map(names.map((name, index) => [name, lists[index]!.values()])),
    labels: clock >= 0 ? labels : null, lines: dialect.parquet ? null : Int32Array.from(places.values()),
    keys: key >= 0 ? { ids: Int32Array.from(ids.values()), names: keys.names } : null,
  }
}

export const wantedColumns = ({ columns, target }: Pick<SeriesSpec, 'columns' | 'target'>): string[] => [...new Set([...columns, ...target])]
