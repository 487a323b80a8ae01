import { UnrollError } from '@shared/errors'
import { transformOf } from '@shared/experiment/series-columns'
import type { SeriesOptions, SeriesPreview } from '@shared/rpc/schemas'
import { countedLengths, lengthsOf } from '../lengths'
import type { ReadOptions } from '../prepared-dataset'
import { ColumnProfile } from './column-profile'
import { readTable } from './csv-rows'
import { dialectOf, type Dialect } from './dialect'
import { badCell, missingColumn, noLogarithm, noNumericColumn } from './series-errors'
import type { TableCells } from './table-cells'
import { TransformedCurve } from './transformed-curve'

/** What of an import's options, or of an experiment's `data`, is looked at here. */
type Chosen = Pick<SeriesOptions, 'delimiter' | 'header' | 'encoding' | 'columns' | 'target' | 'time' | 'key' | 'missing' | 'horizon' | 'scale' | 'transform'>

const tableRows = 50
const mostSeries = 200
const timeNames = /^(time|date|datetime|timestamp|day|month|year|t)$/i

/** What one reading of a table has shown. */
export interface SeriesProfile { dialect: Dialect; rows: number; profiles: ColumnProfile[]; table: string[][]; /** Rows of each series, where a key tells them apart. */ series: Map<string, number> | null }

/**
 * What an import of a table as a series would give; what `chosen` leaves out is guessed: inputs are the columns of
 * numbers that aren't mere counters, the target is the last of them.
 * @throws UnrollError `dataset.*` with file, line and column
 */
export const previewSeries = async (path: string, chosen: SeriesOptions, options: ReadOptions = {}): Promise<SeriesPreview> =>
  describeSeries(path, await profileSeries(path, chosen, options), chosen)

/** Sees every row while a table is profiled. */
interface RowTap {
  /** @param values the number in each cell, NaN where there is none; valid during the call */
  row(cells: TableCells, values: Float64Array, line: number): void
  chunkDone(): Promise<void>
}

export async function profileSeries(path: string, chosen: Chosen, options: ReadOptions = {}, tap: RowTap | null = null): Promise<SeriesProfile> {
  const dialect = await dialectOf(path, chosen)
  let values = new Float64Array(0)
  let profiles: ColumnProfile[] = []
  const table: string[][] = []
  const series = chosen.key ? new Map<string, number>() : null
  let keyField = -1
  const rows = await readTable(path, dialect, {
    names(names) {
      profiles = names.map((name) => new ColumnProfile(name, dialect.decimalComma, curveOf(chosen, name)))
      checkNamed(path, names, chosen)
      values = new Float64Array(names.length)
      keyField = names.indexOf(chosen.key ?? '')
    },
    row(cells, row, line) {
      if (table.length < tableRows) table.push(cells.texts())
      for (let field = 0; field < cells.count; field++) values[field] = profiles[field]!.add(cells, field, row, line)
      if (series !== null) {
        const name = cells.text(keyField)
        series.set(name, (series.get(name) ?? 0) + 1)
      }
      tap?.row(cells, values, line)
    },
    chunkDone: async () => tap?.chunkDone(),
  }, options)
  return { dialect, rows, profiles, table, series }
}

export function describeSeries(path: string, { dialect, rows, profiles, table, series }: SeriesProfile, chosen: Chosen): SeriesPreview {
  const { columns, target, time } = guess(path, profiles, chosen)
  for (const name of [...columns, ...target]) {
    const index = profiles.findIndex((profile) => profile.name === name)
    const { firstBad, firstWrong } = profiles[index]!
    const bad = (chosen.missing ?? 'refuse') === 'refuse' ? firstBad : firstWrong
    if (bad) throw badCell(bad.cell, { file: path, row: bad.row, line: bad.line, field: index + 1, column: name }, dialect.decimalComma)
    const unlogged = profiles[index]!.transformed?.firstBad
    if (unlogged) throw noLogarithm(path, name, transformOf({ transform: chosen.transform! }, name).log, { ...unlogged, label: null })
  }
  const horizon = chosen.horizon ?? 1
  if (rows <= horizon) throw tooFewRows(path, rows, horizon)
  const curve = profiles.find((profile) => profile.name === target[0])!
  const clock = profiles.find((profile) => profile.name === time)
  return {
    kind: 'series', rows, delimiter: dialect.parquet ? 'parquet' : dialect.delimiter, header: dialect.header, table,
    columns: profiles.map((profile) => profile.column()),
    chosen: { columns, target, time, horizon, scale: chosen.scale ?? 'standard' },
    curve: { column: curve.name, points: curve.curve.points(), ...(curve.transformed && { transformed: curve.transformed.points() }), firstTime: clock?.first ?? null, lastTime: clock?.last ?? null },
    series: series && { key: chosen.key!, lengths: lengthsOf(countedLengths(series.values()))!, list: [...series].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count).slice(0, mostSeries) },
  }
}

/** A column's curve after its logarithm and differences; null where it has none. */
function curveOf({ transform }: Chosen, name: string): TransformedCurve | null {
  if (transform === undefined) return null
  const { log, difference } = transformOf({ transform }, name)
  return log === 'none' && difference.length === 0 ? null : new TransformedCurve(log, difference)
}

/** @param first the first row that can be a target: what comes before is only looked back on */
export function tooFewRows(path: string, rows: number, horizon: number, first = horizon): UnrollError {
  const many = (count: number) => `${count.toLocaleString('en')} row${count === 1 ? '' : 's'}`
  return new UnrollError('dataset.too-short', `Forecasting ${many(horizon)} ahead${first > horizon ? ' with these lags and differences' : ''} takes more than ${many(first)} to train on; ${rows} found.`, {
    hint: `Make the horizon${first > horizon ? ', lags or differences' : ''} shorter, hold out less, or choose a longer series.`, where: { file: path },
  })
}

function checkNamed(path: string, names: readonly string[], { columns, target, time, key }: Chosen): void {
  for (const wanted of [...columns ?? [], ...target ?? [], ...time ? [time] : [], ...key ? [key] : []]) {
    if (!names.includes(wanted)) throw missingColumn(path, wanted, names)
  }
}

function guess(path: string, profiles: readonly ColumnProfile[], chosen: Chosen): { columns: string[]; target: string[]; time: string | null } {
  const numeric = profiles.filter((profile) => profile.type === 'number')
  if (numeric.length === 0 && !(chosen.columns && chosen.target)) {
    const column = profiles.find((profile) => profile.type === 'text') ?? profiles[0]
    throw noNumericColumn(path, column?.firstBad ? { column: column.name, cell: column.firstBad.cell, line: column.firstBad.line } : null)
  }
  const time = chosen.time !== undefined ? chosen.time
    : profiles.find((profile) => profile.type === 'date')?.name
      ?? numeric.find((profile) => profile.neverFalls && timeNames.test(profile.name))?.name
      ?? null
  const free = numeric.filter((profile) => profile.name !== time && profile.name !== chosen.key)
  const fitting = [free.filter((profile) => profile.clean && !profile.neverFalls), free.filter((profile) => profile.clean), free, numeric].find((list) => list.length > 0) ?? []
  const target = chosen.target ?? (chosen.columns ? [chosen.columns.at(-1)!] : [fitting.at(-1)!.name])
  return { columns: chosen.columns ?? fitting.map((profile) => profile.name), target, time }
}
