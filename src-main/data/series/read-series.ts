import type { ReadOptions } from '../prepared-dataset'
import { numberIn } from './cells'
import { readRows } from './csv-rows'
import { dialectOf, type Delimiter } from './dialect'
import { badCell, missingColumn } from './series-errors'

export interface Series {
  rows: number
  /** Each wanted column in its own units. */
  columns: Map<string, Float64Array>
  /** The time column as written. */
  labels: string[] | null
}

export interface SeriesWanted {
  columns: readonly string[]
  time: string | null
  delimiter?: Delimiter | undefined
  header?: boolean | undefined
}

/**
 * Reads the wanted columns of a table; the others are passed over.
 * @throws UnrollError `dataset.not-a-number`, `.missing-value`, `.not-finite`, `.column-missing`, … with file, line and column
 */
export async function readSeries(path: string, wanted: SeriesWanted, options: ReadOptions = {}): Promise<Series> {
  const dialect = await dialectOf(path, wanted)
  const names = [...new Set(wanted.columns)]
  const lists = names.map(() => new NumberList())
  const labels: string[] = []
  let fields: number[] = []
  let clock = -1
  const rows = await readRows(path, dialect, {
    names(all) {
      const fieldOf = (name: string) => {
        const field = all.indexOf(name)
        if (field < 0) throw missingColumn(path, name, all)
        return field
      }
      fields = names.map(fieldOf)
      clock = wanted.time === null ? -1 : fieldOf(wanted.time)
    },
    row(cells, row, line) {
      for (let index = 0; index < fields.length; index++) {
        const field = fields[index]!
        const value = numberIn(cells[field]!, dialect.decimalComma)
        if (Number.isNaN(value)) throw badCell(cells[field]!, { file: path, row, line, field: field + 1, column: names[index]! }, dialect.decimalComma)
        lists[index]!.push(value)
      }
      if (clock >= 0) labels.push(cells[clock]!)
    },
  }, options)
  return { rows, columns: new Map(names.map((name, index) => [name, lists[index]!.values()])), labels: clock >= 0 ? labels : null }
}

/** Numbers whose count isn't known beforehand. */
class NumberList {
  private room = new Float64Array(1024)
  private length = 0

  push(value: number): void {
    if (this.length === this.room.length) {
      const larger = new Float64Array(this.length * 2)
      larger.set(this.room)
      this.room = larger
    }
    this.room[this.length++] = value
  }

  values(): Float64Array {
    return this.room.subarray(0, this.length)
  }
}
