import { basename } from 'node:path'
import { UnrollError } from '@shared/errors'
import type { Series, SeriesSpec } from './read-series'
import { labelFor, later, stepOf, stepsBetween, type TimeStep } from './time-steps'
import { timesOf, type Times } from './times'

/** Rows that a report names of each kind. */
const mostNamed = 100
/** A file whose steps are mostly missing isn't a series of that step. */
const mostInsertedFor = 10

/** So many rows; of the first ones where they stand (their time, or the number of the row read, from 1). */
export interface RepairedRows { count: number; rows: string[] }

/** What was done to a series before anything was learned from it. */
export interface RepairReport {
  /** Rows that stood out of the order of time, and were put in it. */
  reordered: number
  /** Rows of a time that another row has too, which were left out: the last one counts. */
  repeated: RepairedRows
  /** Steps of time that had no row and got one, of missing values. */
  inserted: RepairedRows
  /** Rows more than a tenth of a step off the grid, which count as the nearest step. */
  irregular: RepairedRows
  /** Rows before every column has had its first value, which were left out. */
  leading: number
  /** Missing cells that got a value, by column. */
  filled: Record<string, RepairedRows>
}

/** Told each thing that is done, row by row. */
export type RepairKind = 'same-time' | 'inserted' | 'irregular' | 'leading' | 'filled'
export interface RepairedRow {
  /** Its time, or its number. */
  place: string
  /** Its place among the rows there are now, where it has one. */
  at?: number
  /** The line of the source it ends in, where it has one. */
  line?: number
  column?: string
  /** What a missing cell got. */
  value?: number
  series?: string | null
}
export type RepairLog = (kind: RepairKind, row: RepairedRow) => void

export interface Repaired {
  series: Series
  /** Of the rows as they are now; null when there is no time column or its cells are no times. */
  times: Times | null
  step: TimeStep | null
  report: RepairReport
}

/**
 * Puts a series into the order and the steps of its time (`data.steps` "fill"), and leaves out the rows before every column
 * has a value. Cells are filled by `fillMissing`, once it is known where the parts lie.
 * @throws UnrollError `dataset.time-unreadable`, `dataset.irregular-time`, `dataset.missing-value`
 */
export function repairSteps(source: Series, spec: SeriesSpec, file: string, log?: RepairLog): Repaired {
  const report: RepairReport = { reordered: 0, repeated: none(), inserted: none(), irregular: none(), leading: 0, filled: {} }
  const times = source.labels === null ? null : timesOf(source.labels)
  if (spec.steps === 'as-is') {
    const readable = times?.values.every(Number.isFinite) === true ? times : null
    return withoutLeading({ series: source, times: readable, step: readable && stepOf(readable), report }, spec, file, log)
  }
  if (times === null || source.labels === null) throw new UnrollError('dataset.time-unreadable', 'data.steps needs the time column, but data.time names none.', { hint: 'Name the time column in data.time, or set data.steps to "as-is".', where: { parameter: 'data.time' } })
  const unreadable = times.values.findIndex((time) => !Number.isFinite(time))
  if (unreadable >= 0) {
    throw new UnrollError('dataset.time-unreadable', `Row ${unreadable + 1} of the time column "${spec.time}"${source.lines?.[unreadable] ? ` (line ${source.lines[unreadable]} of ${basename(file)})` : ''} holds ${JSON.stringify(source.labels[unreadable])}, which is neither a date nor a number.`, { hint: 'Correct the cell, choose another time column, or set data.steps to "as-is".', where: { file, ...(source.lines?.[unreadable] && { line: source.lines[unreadable] }) } })
  }
  const lineOf = (row: number) => source.lines?.[row] ?? 0
  const order = inTime(times.values, source.labels, lineOf, report, log)
  const sorted: Times = { values: Float64Array.from(order, (row) => times.values[row]!), dates: times.dates }
  const step = stepOf(sorted)
  const places = step === null ? Float64Array.from(order, (_, at) => at) : grid(sorted, step, order.map((row) => source.labels![row]!), (at) => lineOf(order[at]!), report, log)
  const rows = places.length === 0 ? 0 : places.at(-1)! + 1
  if (rows > mostInsertedFor * order.length + 1000) {
    throw new UnrollError('dataset.irregular-time', `The time column "${spec.time}" would have ${rows.toLocaleString('en')} steps for ${order.length.toLocaleString('en')} rows: its rows keep no common step.`, { hint: 'Set data.steps to "as-is", or choose a file with a steady step.', where: { file } })
  }
  const values = new Float64Array(rows).fill(NaN)
  const labels = new Array<string>(rows)
  const lines = source.lines ? new Int32Array(rows) : null
  places.forEach((place, at) => {
    values[place] = sorted.values[at]!
    labels[place] = source.labels![order[at]!]!
    if (lines) lines[place] = lineOf(order[at]!)
  })
  for (let row = 0; row < rows; row++) {
    if (!Number.isNaN(values[row]!)) continue
    values[row] = later(step!, values[row - 1]!, 1)
    labels[row] = labelFor(values[row]!, times.dates, labels[0]!)
    name(report.inserted, labels[row]!)
    log?.('inserted', { place: labels[row]! })
  }
  const columns = new Map([...source.columns].map(([column, read]) => {
    const own = new Float64Array(rows).fill(NaN)
    places.forEach((place, at) => { own[place] = read[order[at]!]! })
    return [column, own]
  }))
  return withoutLeading({ series: { ...source, rows, columns, labels, lines }, times: { values, dates: times.dates }, step, report }, spec, file, log)
}

/** Rows by time; of those of one time only the last. */
function inTime(times: Float64Array, labels: readonly string[], lineOf: (row: number) => number, report: RepairReport, log?: RepairLog): number[] {
  const order = Array.from(times, (_, row) => row)
  for (let row = 1; row < times.length; row++) if (times[row]! < times[row - 1]!) report.reordered++
  if (report.reordered > 0) order.sort((a, b) => times[a]! - times[b]! || a - b)
  return order.filter((row, at) => {
    if (at + 1 === order.length || times[order[at + 1]!] !== times[row]) return true
    name(report.repeated, labels[row]!)
    log?.('same-time', { place: lineOf(row) > 0 ? labels[row]! : `row ${(row + 1).toLocaleString('en')}, ${labels[row]!}`, line: lineOf(row) })
    return false
  })
}

/** The step of time each row counts as, from 0; two rows of one step: the later one gets the next. */
function grid({ values }: Times, step: TimeStep, labels: readonly string[], lineOf: (row: number) => number, report: RepairReport, log?: RepairLog): Float64Array {
  const places = new Float64Array(values.length)
  for (let row = 1; row < values.length; row++) {
    const { count, off } = stepsBetween(step, values[row - 1]!, values[row]!)
    if (off > 0.1 || count === 0) {
      name(report.irregular, labels[row]!)
      log?.('irregular', { place: labels[row]!, line: lineOf(row) })
    }
    places[row] = places[row - 1]! + Math.max(1, count)
  }
  return places
}

function withoutLeading(repaired: Repaired, spec: SeriesSpec, file: string, log?: RepairLog): Repaired {
  const { series, times, report } = repaired
  if (spec.missing === 'refuse') return repaired
  let first = 0
  for (const [column, values] of series.columns) {
    const known = values.findIndex((value) => !Number.isNaN(value))
    if (known < 0) throw new UnrollError('dataset.missing-value', `Column "${column}" has no value at all.`, { hint: 'Leave the column out.', where: { file } })
    first = Math.max(first, known)
  }
  if (first === 0) return repaired
  report.leading = first
  for (let row = 0; row < first; row++) log?.('leading', { place: series.labels?.[row] ?? `row ${(row + 1).toLocaleString('en')}`, line: series.lines?.[row] ?? 0 })
  return {
    ...repaired,
    series: { ...series, rows: series.rows - first, columns: new Map([...series.columns].map(([column, values]) => [column, values.subarray(first)])), labels: series.labels?.slice(first) ?? null, lines: series.lines?.subarray(first) ?? null },
    times: times && { ...times, values: times.values.subarray(first) },
  }
}

/**
 * Gives each missing cell a value: the one before it ("previous"), or one on the straight line between its neighbours
 * ("linear"). A line that would cross a border between parts, or has no end, isn't drawn: there the value before goes on, so
 * that no part is filled with what a later one holds.
 * @param columns changed in place; their first cells have values   @param borders first rows of the later parts
 */
export function fillMissing(columns: ReadonlyMap<string, Float64Array>, rule: 'previous' | 'linear', borders: readonly number[], labelOf: (row: number) => string, report: RepairReport, log?: RepairLog): void {
  for (const [column, values] of columns) {
    const filled = none()
    for (let row = 1; row < values.length; row++) {
      if (!Number.isNaN(values[row]!)) continue
      let end = row
      while (end < values.length && Number.isNaN(values[end]!)) end++
      const before = row - 1
      const drawn = rule === 'linear' && end < values.length && !borders.some((border) => border > before && border <= end)
      for (let at = row; at < end; at++) {
        values[at] = drawn ? values[before]! + (at - before) / (end - before) * (values[end]! - values[before]!) : values[before]!
        name(filled, labelOf(at))
        log?.('filled', { place: labelOf(at), at, column, value: values[at]! })
      }
      row = end
    }
    if (filled.count > 0) report.filled[column] = filled
  }
}

/** What a user should know of it, a sentence each. */
export function repairSentences({ reordered, repeated, inserted, irregular, leading, filled }: RepairReport, spec: SeriesSpec): string[] {
  const some = ({ rows, count }: RepairedRows) => `${rows.slice(0, 3).join(', ')}${count > 3 ? ', …' : ''}`
  const counted = (count: number, one: string, many: string) => (count === 1 ? one : many.replace('#', count.toLocaleString('en')))
  const how = spec.missing === 'linear' ? 'on the line between the neighbours, at the border of a part with the value before' : 'with the value before'
  return [
    ...reordered > 0 ? [counted(reordered, 'A row stood out of the order of time and was put in it.', 'In # places rows stood out of the order of time; they were put in it.')] : [],
    ...repeated.count > 0 ? [`${counted(repeated.count, 'A row whose time a later row has too was', '# rows whose time a later row has too were')} left out (${some(repeated)}).`] : [],
    ...inserted.count > 0 ? [`${counted(inserted.count, 'A step of time had no row and got one', '# steps of time had no row and got one each')} (${some(inserted)}).`] : [],
    ...irregular.count > 0 ? [`${counted(irregular.count, 'A row stands off the steps of time and counts as the nearest one', '# rows stand off the steps of time and count as the nearest ones')} (${some(irregular)}).`] : [],
    ...leading > 0 ? [`${counted(leading, 'The first row was', 'The first # rows were')} left out, before every column has a value.`] : [],
    ...Object.entries(filled).map(([column, each]) => `${counted(each.count, 'A missing value', '# missing values')} of column "${column}" ${each.count === 1 ? 'was' : 'were'} filled ${how} (${some(each)}).`),
  ]
}

const none = (): RepairedRows => ({ count: 0, rows: [] })

function name(repaired: RepairedRows, row: string): void {
  repaired.count++
  if (repaired.rows.length < mostNamed) repaired.rows.push(row)
}
