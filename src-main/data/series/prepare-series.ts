import { basename } from 'node:path'
import { UnrollError } from '@shared/errors'
import type { TaskSpec } from '@shared/experiment/schema'
import { maseScale, seasonFor, seriesBaselines } from '../../engine/baselines/series-baselines'
import type { StreamPart } from '../../engine/training/prepared-data'
import type { SplitPart } from '@shared/rpc/schemas'
import type { PreparedDataset, ReadOptions } from '../prepared-dataset'
import { gappedParts, type GappedBounds } from '../split'
import { heldOutBaselines, joinedBaselines, joinedParts } from './several'
import { calendarAt, calendarNames, type CalendarFeature } from './calendar'
import { tooFewRows } from './preview-series'
import type { Series, SeriesSpec } from './read-series'
import { fillMissing, repairSentences } from './repair'
import { fitScale, scaleOf, toScaled, type ColumnScale, type Scaler } from './scaler'
import { splitSeries } from './split-series'
import type { Times } from './times'

/** Sentences about repairs; of many series the first ones. */
const mostSentences = 30

/**
 * A table as a stream of rows: x_t the scaled input columns of row t, its target the scaled target columns of row t + horizon.
 * The rows are split in time order and scaled by what the training rows say. A step belongs to the part its target lies
 * in: training never sees a held-out target, and every held-out row is forecast, its first ones from the rows before.
 */
export async function prepareSeries(spec: SeriesSpec, loss: TaskSpec['loss'], path: string, seed: number, options: ReadOptions = {}): Promise<PreparedDataset> {
  const { columns, target, horizon, calendar } = spec
  const { each, bounds } = await splitSeries(spec, path, seed, options)
  const trained = bounds.map(({ fitEnd }) => Math.max(0, fitEnd))
  if (!trained.some((rows) => rows > horizon)) throw tooFewRows(path, Math.max(...trained), horizon)
  if (spec.missing !== 'refuse') each.forEach(({ series, report }, at) => fillMissing(series.columns, spec.missing as 'previous' | 'linear', [bounds[at]!.trainEnd, bounds[at]!.validationEnd], (row) => series.labels?.[row] ?? String(row + 1), report))

  const training = new Map([...columns, ...target].map((name) => [name, together(each.map(({ series }, at) => series.columns.get(name)!.subarray(0, trained[at]!)))]))
  const scaler: Scaler = { kind: spec.scale, columns: [...training].map(([name, values]) => fitScale(spec.scale, name, values)) }
  const offsets = startsOf(each.map(({ series }) => series.rows))
  const length = each.reduce((sum, { series }) => sum + series.rows, 0)
  const width = columns.length + 2 * calendar.length
  const [inputs, targets] = [new Float32Array(length * width), new Float32Array(length * target.length)]
  each.forEach(({ series, times }, at) => {
    const offset = offsets[at]!
    columns.forEach((name, column) => scaleInto(inputs, width, offset, column, series.columns.get(name)!, scaleOf(scaler, name)))
    if (calendar.length > 0) addCalendar(inputs, width, offset, columns.length, calendar, datesOf(times, spec, path))
    target.forEach((name, column) => scaleInto(targets, target.length, offset, column, series.columns.get(name)!, scaleOf(scaler, name)))
  })
  const names = [...columns, ...calendarNames(calendar)]
  checkFinite(path, inputs, names)
  checkFinite(path, targets, target)

  /** The steps whose targets are the rows from..to-1 of each series. */
  const part = (borders: (found: (typeof bounds)[number]) => [from: number, to: number]): StreamPart => joinedParts(bounds.map((found, at) => {
    const [wanted, end] = borders(found)
    const from = Math.max(wanted, horizon) + offsets[at]!
    const to = Math.max(from, end + offsets[at]!)
    return { rows: to - from, inputs: inputs.subarray((from - horizon) * width, (to - horizon) * width), targets: targets.subarray(from * target.length, to * target.length) }
  }))
  const [train, validation, test] = [
    part(({ fitEnd }) => [horizon, fitEnd]), part(({ trainEnd, measuredEnd }) => [trainEnd, measuredEnd]), part(({ validationEnd, length: end }) => [validationEnd, end]),
  ]
  const known = each.length === 1 ? training.get(target[0]!)! : null
  const season = known && seasonFor(known, spec.season)
  const first = scaleOf(scaler, target[0]!)
  const baselines = spec.split === 'key' ? heldOutBaselines(each, bounds, training, (values, from, to, trainEnd) => seriesBaselines({
    targets: target.map((name) => ({ values: values.get(name)!, scale: scaleOf(scaler, name) })), trainEnd, from, to, horizon, loss, season: seasonFor(training.get(target[0]!)!, spec.season),
  }), horizon) : each.flatMap(({ series }, at) => {
    const { fitEnd, trainEnd, measuredEnd } = bounds[at]!
    if (fitEnd <= horizon) return []
    const [from, to] = validation.rows > 0 ? [trainEnd, measuredEnd] : [horizon, fitEnd]
    const measured = { targets: target.map((name) => ({ values: series.columns.get(name)!, scale: scaleOf(scaler, name) })), trainEnd: fitEnd, from, to, horizon, loss, season }
    return [{ rows: Math.max(0, to - from), baselines: to > from ? seriesBaselines(measured) : [] }]
  })
  return {
    data: { form: 'values', inputSize: width, outputSize: target.length, horizon, train, validation, test },
    vocabulary: null,
    scaler,
    baselines: joinedBaselines(baselines),
    unit: target[0]!,
    unitScale: first.scale,
    measure: { ...first, season, naiveError: known && maseScale(known, season) },
    series: {
      columns: names, target, horizon, inputs, targets, feedback: names.map((name, column) => (column < columns.length ? target.indexOf(name) : -1)), starts: offsets,
      labels: labelsOf(each),
      calendar: calendar.length > 0 && each.at(-1)!.step !== null ? { features: calendar, step: each.at(-1)!.step!, last: each.at(-1)!.times!.values.at(-1)! } : null,
    },
    split: splitOf(bounds),
    length,
    inputSize: width,
    outputSize: target.length,
    summary: `${spec.key === null ? '' : `${each.length.toLocaleString('en')} series, `}${length.toLocaleString('en')} rows, ${width} input column${width === 1 ? '' : 's'}, target ${target.join(', ')}`,
    warnings: [
      ...each.flatMap(({ name, report }) => repairSentences(report, spec).map((sentence) => (name === null ? sentence : `${name}: ${sentence}`))).slice(0, mostSentences),
      ...constantColumns(training),
      ...each.length === 1 ? backwards(each[0]!.series.labels) : [],
    ],
  }
}

/** One part after the other; of several series only their counts mean something. */
function splitOf(bounds: readonly GappedBounds[]): SplitPart[] {
  if (bounds.length === 1) return gappedParts(bounds[0]!)
  const count = (rows: (found: GappedBounds) => number) => bounds.reduce((sum, found) => sum + Math.max(0, rows(found)), 0)
  const [train, validation, test] = [count(({ fitEnd }) => fitEnd), count(({ trainEnd, measuredEnd }) => measuredEnd - trainEnd), count(({ validationEnd, length }) => length - validationEnd)]
  return [
    { part: 'train', from: 0, to: train, count: train }, { part: 'validation', from: train, to: train + validation, count: validation },
    { part: 'test', from: train + validation, to: train + validation + test, count: test },
  ]
}

function labelsOf(each: readonly { name: string | null; series: Series }[]): string[] | null {
  if (each[0]!.name === null) return each[0]!.series.labels
  return each.flatMap(({ name, series }) => Array.from({ length: series.rows }, (_, row) => `${name} ${series.labels?.[row] ?? row + 1}`))
}

function together(lists: readonly Float64Array[]): Float64Array {
  if (lists.length === 1) return lists[0]!
  const all = new Float64Array(lists.reduce((sum, { length }) => sum + length, 0))
  startsOf(lists.map(({ length }) => length)).forEach((start, at) => all.set(lists[at]!, start))
  return all
}

function startsOf(lengths: readonly number[]): number[] {
  let sum = 0
  return lengths.map((length) => (sum += length) - length)
}

function scaleInto(matrix: Float32Array, width: number, offset: number, column: number, values: Float64Array, scale: ColumnScale): void {
  for (let row = 0; row < values.length; row++) matrix[(offset + row) * width + column] = toScaled(scale, values[row]!)
}

function addCalendar(matrix: Float32Array, width: number, offset: number, from: number, features: readonly CalendarFeature[], times: Float64Array): void {
  for (let row = 0; row < times.length; row++) matrix.set(calendarAt(features, times[row]!), (offset + row) * width + from)
}

function datesOf(times: Times | null, { time }: SeriesSpec, path: string): Float64Array {
  if (times?.dates === true) return times.values
  throw new UnrollError('dataset.time-unreadable', `data.calendar needs dates, but the time column "${time}" of ${basename(path)} holds ${times === null ? 'cells that are no dates' : 'numbers'}.`, { hint: 'Choose a column of dates, or leave data.calendar out.', where: { parameter: 'data.calendar' } })
}

function checkFinite(path: string, matrix: Float32Array, names: readonly string[]): void {
  const bad = matrix.findIndex((value) => !Number.isFinite(value))
  if (bad < 0) return
  const row = Math.floor(bad / names.length) + 1
  throw new UnrollError('dataset.not-finite', `Row ${row} of column "${names[bad % names.length]}" lies so far from the training part that scaling it leaves the range of float32.`, {
    hint: 'Check the value in the file, or scale by "none".', where: { file: path },
  })
}

const constantColumns = (training: ReadonlyMap<string, Float64Array>): string[] =>
  [...training].filter(([, values]) => values.every((value) => value === values[0]))
    .map(([name]) => `Column "${name}" is constant in the training part, so nothing can be learned from it.`)

/** A file with the newest row first would train on the future. */
function backwards(labels: string[] | null): string[] {
  if (!labels || labels.length < 2) return []
  const [first, last] = [labels[0]!, labels.at(-1)!].map((label) => Date.parse(label)) as [number, number]
  return last < first ? [`Time runs backwards, from ${labels[0]} to ${labels.at(-1)}: sort the file with the oldest row first, or the network learns the past from the future.`] : []
}
