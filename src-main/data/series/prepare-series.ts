import { basename } from 'node:path'
import { UnrollError } from '@shared/errors'
import type { TaskSpec } from '@shared/experiment/schema'
import { maseScale, seasonFor, seriesBaselines } from '../../engine/baselines/series-baselines'
import type { StreamPart } from '../../engine/training/prepared-data'
import type { PreparedDataset, ReadOptions } from '../prepared-dataset'
import { readManifest } from '../shards/manifest'
import { splitInOrder, type SplitBounds } from '../split'
import { calendarAt, calendarNames, type CalendarFeature } from './calendar'
import { tooFewRows } from './preview-series'
import { readSeries, type Series, type SeriesSpec } from './read-series'
import { loadSeries } from './store-series'
import { fillMissing, repairSentences, repairSteps } from './repair'
import { fitScale, scaleOf, toScaled, type ColumnScale, type Scaler } from './scaler'
import type { Times } from './times'

/**
 * A table as a stream of rows: x_t the scaled input columns of row t, its target the scaled target columns of row t + horizon.
 * The rows are split in time order and scaled by what the training rows say. A step belongs to the part its target lies
 * in: training never sees a held-out target, and every held-out row is forecast, its first ones from the rows before.
 */
export async function prepareSeries(spec: SeriesSpec, loss: TaskSpec['loss'], path: string, options: ReadOptions = {}): Promise<PreparedDataset> {
  const { columns, target, horizon, calendar } = spec
  const { series, times, step, report } = repairSteps(await seriesAt(path, spec, options), spec, path)
  const bounds = withGap(splitInOrder(series.rows, spec), spec.gap)
  const { fitEnd, trainEnd, measuredEnd, validationEnd, length } = bounds
  if (fitEnd <= horizon) throw tooFewRows(path, Math.max(0, fitEnd), horizon)
  if (spec.missing !== 'refuse') fillMissing(series.columns, spec.missing, [trainEnd, validationEnd], (row) => series.labels?.[row] ?? String(row + 1), report)

  const valuesOf = (name: string) => series.columns.get(name)!
  const scaler: Scaler = { kind: spec.scale, columns: [...series.columns].map(([name, values]) => fitScale(spec.scale, name, values.subarray(0, fitEnd))) }
  const width = columns.length + 2 * calendar.length
  const inputs = new Float32Array(length * width)
  columns.forEach((name, column) => scaleInto(inputs, width, column, valuesOf(name), scaleOf(scaler, name)))
  if (calendar.length > 0) addCalendar(inputs, width, columns.length, calendar, datesOf(times, spec, path))
  const targets = new Float32Array(length * target.length)
  target.forEach((name, column) => scaleInto(targets, target.length, column, valuesOf(name), scaleOf(scaler, name)))
  const names = [...columns, ...calendarNames(calendar)]
  checkFinite(path, inputs, names)
  checkFinite(path, targets, target)

  /** The steps whose targets are the rows from..to-1. */
  const part = (from: number, to: number): StreamPart => ({
    rows: to - from,
    inputs: inputs.subarray((from - horizon) * width, (to - horizon) * width),
    targets: targets.subarray(from * target.length, to * target.length),
  })
  const [from, to] = measuredEnd > trainEnd ? [trainEnd, measuredEnd] : [horizon, fitEnd]
  const known = valuesOf(target[0]!).subarray(0, fitEnd)
  const season = seasonFor(known, spec.season)
  const first = scaleOf(scaler, target[0]!)
  return {
    data: { form: 'values', inputSize: width, outputSize: target.length, horizon, train: part(horizon, fitEnd), validation: part(trainEnd, measuredEnd), test: part(validationEnd, length) },
    vocabulary: null,
    scaler,
    baselines: seriesBaselines({ targets: target.map((name) => ({ values: valuesOf(name), scale: scaleOf(scaler, name) })), trainEnd: fitEnd, from, to, horizon, loss, season }),
    unit: target[0]!,
    unitScale: first.scale,
    measure: { ...first, season, naiveError: maseScale(known, season) },
    series: {
      columns: names, target, horizon, inputs, targets, feedback: names.map((name, column) => (column < columns.length ? target.indexOf(name) : -1)), labels: series.labels,
      calendar: calendar.length > 0 && step !== null ? { features: calendar, step, last: times!.values.at(-1)! } : null,
    },
    split: [
      { part: 'train', from: 0, to: fitEnd, count: fitEnd },
      { part: 'validation', from: trainEnd, to: measuredEnd, count: measuredEnd - trainEnd },
      { part: 'test', from: validationEnd, to: length, count: length - validationEnd },
    ],
    length,
    inputSize: width,
    outputSize: target.length,
    summary: `${length.toLocaleString('en')} rows, ${width} input column${width === 1 ? '' : 's'}, target ${target.join(', ')}`,
    warnings: [
      ...repairSentences(report, spec),
      ...constantColumns(series.columns, fitEnd),
      ...backwards(series.labels),
    ],
  }
}

/** A part's last `gap` rows are left out where another part follows. */
function withGap({ trainEnd, validationEnd, length }: SplitBounds, gap: number) {
  return {
    trainEnd, validationEnd, length,
    fitEnd: trainEnd < length ? trainEnd - gap : trainEnd,
    measuredEnd: validationEnd < length ? Math.max(trainEnd, validationEnd - gap) : validationEnd,
  }
}

function scaleInto(matrix: Float32Array, width: number, column: number, values: Float64Array, scale: ColumnScale): void {
  for (let row = 0; row < values.length; row++) matrix[row * width + column] = toScaled(scale, values[row]!)
}

function addCalendar(matrix: Float32Array, width: number, from: number, features: readonly CalendarFeature[], times: Float64Array): void {
  for (let row = 0; row < times.length; row++) matrix.set(calendarAt(features, times[row]!), row * width + from)
}

function datesOf(times: Times | null, { time }: SeriesSpec, path: string): Float64Array {
  if (times?.dates === true) return times.values
  throw new UnrollError('dataset.time-unreadable', `data.calendar needs dates, but the time column "${time}" of ${basename(path)} holds ${times === null ? 'cells that are no dates' : 'numbers'}.`, { hint: 'Choose a column of dates, or leave data.calendar out.', where: { parameter: 'data.calendar' } })
}

async function seriesAt(path: string, spec: SeriesSpec, options: ReadOptions): Promise<Series> {
  const manifest = await readManifest(path)
  if (manifest === null) return readSeries(path, spec, options)
  if (manifest.kind !== 'series') throw new UnrollError('dataset.kind', `${basename(path)} holds a stored ${manifest.kind}, not a series.`, { hint: `Set data.kind to "${manifest.kind}".`, where: { parameter: 'data.kind' } })
  return loadSeries(path, manifest, spec, options)
}

function checkFinite(path: string, matrix: Float32Array, names: readonly string[]): void {
  const bad = matrix.findIndex((value) => !Number.isFinite(value))
  if (bad < 0) return
  const row = Math.floor(bad / names.length) + 1
  throw new UnrollError('dataset.not-finite', `Row ${row} of column "${names[bad % names.length]}" lies so far from the training part that scaling it leaves the range of float32.`, {
    hint: 'Check the value in the file, or scale by "none".', where: { file: path },
  })
}

const constantColumns = (columns: ReadonlyMap<string, Float64Array>, trainEnd: number): string[] =>
  [...columns].filter(([, values]) => values.subarray(0, trainEnd).every((value) => value === values[0]))
    .map(([name]) => `Column "${name}" is constant in the training part, so nothing can be learned from it.`)

/** A file with the newest row first would train on the future. */
function backwards(labels: string[] | null): string[] {
  if (!labels || labels.length < 2) return []
  const [first, last] = [labels[0]!, labels.at(-1)!].map((label) => Date.parse(label)) as [number, number]
  return last < first ? [`Time runs backwards, from ${labels[0]} to ${labels.at(-1)}: sort the file with the oldest row first, or the network learns the past from the future.`] : []
}
