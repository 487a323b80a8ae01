import { basename } from 'node:path'
import { UnrollError } from '@shared/errors'
import type { TaskSpec } from '@shared/experiment/schema'
import { firstTargetRow, isTransformed, seriesInputs } from '@shared/experiment/series-columns'
import { maseScale, seasonFor, seriesBaselines } from '../../engine/baselines/series-baselines'
import type { StreamPart } from '../../engine/training/prepared-data'
import type { SplitPart } from '@shared/rpc/schemas'
import type { PreparedDataset, ReadOptions } from '../prepared-dataset'
import { gappedParts, type GappedBounds } from '../split'
import { heldOutBaselines, joinedBaselines, joinedParts } from './several'
import { calendarOf } from './calendar'
import { fitColumns, startsOf, together } from './column-recipes'
import { tooFewRows } from './preview-series'
import { wantedColumns, type Series, type SeriesSpec } from './read-series'
import { fillMissing, repairSentences } from './repair'
import { seriesMatrices, withoutTargets } from './series-matrices'
import { splitSeries } from './split-series'
import type { Times } from './times'

/** Sentences about repairs; of many series the first ones. */
const mostSentences = 30

/**
 * A table as a stream of rows: x_t the input columns of row t, its target the target columns of row t + horizon; columns logged,
 * differenced and scaled by what the training rows say. The rows are split in time order. A step belongs to the part its target
 * lies in: training never sees a held-out target, and every held-out row is forecast, its first ones from the rows before.
 */
export async function prepareSeries(spec: SeriesSpec, loss: TaskSpec['loss'], path: string, seed: number, options: ReadOptions = {}): Promise<PreparedDataset> {
  const { columns, target, horizon, calendar } = spec
  const { each, bounds } = await splitSeries(spec, path, seed, options)
  const trained = bounds.map(({ fitEnd }) => Math.max(0, fitEnd))
  const first = firstTargetRow(spec)
  if (!trained.some((rows) => rows > first)) throw tooFewRows(path, Math.max(...trained), horizon, first)
  if (spec.missing !== 'refuse') each.forEach(({ series, report }, at) => fillMissing(series.columns, spec.missing as 'previous' | 'linear', [bounds[at]!.trainEnd, bounds[at]!.validationEnd], (row) => series.labels?.[row] ?? String(row + 1), report))

  const fitted = fitColumns(each, trained, spec, path)
  const { scaler, recipe } = fitted
  const training = new Map(wantedColumns(spec).map((name) => [name, together(each.map(({ series }, at) => series.columns.get(name)!.subarray(0, trained[at]!)))]))
  const rows = each.map(({ series }) => series.rows)
  const [offsets, length] = [startsOf(rows), rows.reduce((sum, count) => sum + count, 0)]
  const names = seriesInputs(spec)
  const matrices = seriesMatrices(fitted, rows, names.length, calendar.length === 0 ? null : (at) => calendarOf(calendar, datesOf(each[at]!.times, spec, path)))
  const { inputs, targets, bases } = matrices
  checkFinite(path, inputs, names)
  checkFinite(path, targets, target)
  withoutTargets(matrices, fitted, offsets)

  const known = each.map(({ series }, at) => series.columns.get(target[0]!)!.subarray(0, trained[at]!))
  const seasons = known.map((values) => seasonFor(values, spec.season))
  const naiveErrors = known.map((values, at) => maseScale(values, seasons[at]!))
  /** The steps whose targets are the rows from..to-1 of each series. */
  const part = (borders: (found: (typeof bounds)[number]) => [from: number, to: number]): StreamPart => joinedParts(bounds.map((found, at) => {
    const [wanted, end] = borders(found)
    const from = Math.max(wanted, first) + offsets[at]!
    const to = Math.max(from, end + offsets[at]!)
    return {
      rows: to - from, inputs: inputs.subarray((from - horizon) * names.length, (to - horizon) * names.length), targets: targets.subarray(from * target.length, to * target.length),
      ...(bases && { bases: bases.subarray(from, to) }), naiveErrors: Float64Array.of(naiveErrors[at] ?? NaN),
    }
  }))
  const [train, validation, test] = [
    part(({ fitEnd }) => [horizon, fitEnd]), part(({ trainEnd, measuredEnd }) => [trainEnd, measuredEnd]), part(({ validationEnd, length: end }) => [validationEnd, end]),
  ]
  const baselines = spec.split === 'key' ? heldOutBaselines(each, bounds, training, (values, from, to, trainEnd) => seriesBaselines({
    targets: target.map((name, column) => ({ values: values.get(name)!, scale: recipe.targets[column]!, log: recipe.targets[column]!.log })),
    trainEnd, from, to, horizon, loss, season: seasonFor(training.get(target[0]!)!, spec.season),
  }), first) : each.flatMap(({ series }, at) => {
    const { fitEnd, trainEnd, measuredEnd } = bounds[at]!
    if (fitEnd <= horizon) return []
    const [from, to] = validation.rows > 0 ? [trainEnd, measuredEnd] : [first, fitEnd]
    const measured = {
      targets: target.map((name, column) => ({ values: series.columns.get(name)!, scale: recipe.targets[column]!, log: recipe.targets[column]!.log })),
      trainEnd: fitEnd, from, to, horizon, loss, season: seasons[at]!,
    }
    return [{ rows: Math.max(0, to - from), baselines: to > from ? seriesBaselines(measured) : [] }]
  })
  const { offset, scale, log } = recipe.targets[0]!
  const one = each.length === 1
  return {
    data: { form: 'values', inputSize: names.length, outputSize: target.length, horizon, train, validation, test },
    vocabulary: null,
    scaler,
    baselines: joinedBaselines(baselines),
    unit: target[0]!,
    unitScale: log === 'none' ? scale : null,
    measure: { offset, scale, season: one ? seasons[0]! : null, naiveError: one ? naiveErrors[0]! : null, ...(log !== 'none' && { log }) },
    series: {
      columns: names, target, horizon, inputs, targets, feedback: names.map((name, column) => (column < columns.length ? target.indexOf(name) : -1)), starts: offsets,
      labels: labelsOf(each),
      calendar: calendar.length > 0 && each.at(-1)!.step !== null ? { features: calendar, step: each.at(-1)!.step!, last: each.at(-1)!.times!.values.at(-1)! } : null,
      parts: {
        train: bounds.map(({ fitEnd }, at) => ({ from: offsets[at]!, to: offsets[at]! + fitEnd })),
        validation: bounds.map(({ trainEnd, measuredEnd }, at) => ({ from: offsets[at]! + trainEnd, to: offsets[at]! + measuredEnd })),
        test: bounds.map(({ validationEnd, length: end }, at) => ({ from: offsets[at]! + validationEnd, to: offsets[at]! + end })),
      },
      seasons,
      values: together(each.map(({ series }) => series.columns.get(target[0]!)!)),
      transformed: isTransformed(spec) ? { recipe, logged: wantedColumns(spec).map((_, column) => together(fitted.logged.map((own) => own[column]!))), lead: fitted.lead } : null,
    },
    split: splitOf(bounds),
    length,
    inputSize: names.length,
    outputSize: target.length,
    summary: `${spec.key === null ? '' : `${each.length.toLocaleString('en')} series, `}${length.toLocaleString('en')} rows, ${names.length} input column${names.length === 1 ? '' : 's'}, target ${target.join(', ')}`,
    warnings: [
      ...each.flatMap(({ name, report }) => repairSentences(report, spec).map((sentence) => (name === null ? sentence : `${name}: ${sentence}`))).slice(0, mostSentences),
      ...constantColumns(training),
      ...first > horizon ? [`The first ${(first - horizon).toLocaleString('en')} rows${one ? '' : ' of each series'} are only looked back on by lags and differences; training begins after them.`] : [],
      ...one ? backwards(each[0]!.series.labels) : [],
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
