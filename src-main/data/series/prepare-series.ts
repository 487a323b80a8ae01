import { basename } from 'node:path'
import { UnrollError } from '@shared/errors'
import type { TaskSpec } from '@shared/experiment/schema'
import { maseScale, seasonFor, seriesBaselines } from '../../engine/baselines/series-baselines'
import type { StreamPart } from '../../engine/training/prepared-data'
import type { PreparedDataset, ReadOptions } from '../prepared-dataset'
import { readManifest } from '../shards/manifest'
import { splitInOrder, splitParts } from '../split'
import { tooFewRows } from './preview-series'
import { readSeries, type Series, type SeriesSpec } from './read-series'
import { loadSeries } from './store-series'
import { fitScale, scaleOf, toScaled, type Scaler } from './scaler'

/**
 * A table as a stream of rows: x_t the scaled input columns of row t, its target the scaled target columns of row t + horizon.
 * The rows are split in time order and scaled by what the training rows say. A step belongs to the part its target lies
 * in: training never sees a held-out target, and every held-out row is forecast, its first ones from the rows before.
 */
export async function prepareSeries(spec: SeriesSpec, loss: TaskSpec['loss'], path: string, options: ReadOptions = {}): Promise<PreparedDataset> {
  const { columns, target, horizon } = spec
  const series = await seriesAt(path, spec, options)
  const bounds = splitInOrder(series.rows, spec)
  const { trainEnd, validationEnd, length } = bounds
  if (trainEnd <= horizon) throw tooFewRows(path, trainEnd, horizon)

  const valuesOf = (name: string) => series.columns.get(name)!
  const scaler: Scaler = { kind: spec.scale, columns: [...series.columns].map(([name, values]) => fitScale(spec.scale, name, values.subarray(0, trainEnd))) }
  const scaled = (names: readonly string[]) => {
    const matrix = new Float32Array(length * names.length)
    names.forEach((name, column) => {
      const scale = scaleOf(scaler, name)
      valuesOf(name).forEach((value, row) => { matrix[row * names.length + column] = toScaled(scale, value) })
    })
    return matrix
  }
  const inputs = scaled(columns)
  const targets = scaled(target)
  checkFinite(path, inputs, columns)
  checkFinite(path, targets, target)

  /** The steps whose targets are the rows from..to-1. */
  const part = (from: number, to: number): StreamPart => ({
    rows: to - from,
    inputs: inputs.subarray((from - horizon) * columns.length, (to - horizon) * columns.length),
    targets: targets.subarray(from * target.length, to * target.length),
  })
  const [from, to] = validationEnd > trainEnd ? [trainEnd, validationEnd] : [horizon, trainEnd]
  const known = valuesOf(target[0]!).subarray(0, trainEnd)
  const season = seasonFor(known, spec.season)
  return {
    data: { form: 'values', inputSize: columns.length, outputSize: target.length, horizon, train: part(horizon, trainEnd), validation: part(trainEnd, validationEnd), test: part(validationEnd, length) },
    vocabulary: null,
    scaler,
    baselines: seriesBaselines({ targets: target.map((name) => ({ values: valuesOf(name), scale: scaleOf(scaler, name) })), trainEnd, from, to, horizon, loss, season }),
    unit: target[0]!,
    unitScale: scaleOf(scaler, target[0]!).scale,
    measure: { ...scaleOf(scaler, target[0]!), season, naiveError: maseScale(known, season) },
    series: { columns, target, horizon, inputs, targets, feedback: columns.map((name) => target.indexOf(name)), labels: series.labels },
    split: splitParts(bounds),
    length,
    inputSize: columns.length,
    outputSize: target.length,
    summary: `${length.toLocaleString('en')} rows, ${columns.length} input column${columns.length === 1 ? '' : 's'}, target ${target.join(', ')}`,
    warnings: [
      ...constantColumns(series.columns, trainEnd),
      ...backwards(series.labels),
    ],
  }
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
