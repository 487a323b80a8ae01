import { UnrollError } from '@shared/errors'
import type { Baseline } from '@shared/metrics'
import type { StreamPart } from '../../engine/training/prepared-data'
import { drawGroups } from '../records/group-split'
import { splitInOrder, type Fractions, type SplitBounds } from '../split'
import { together } from './column-recipes'
import type { Series } from './read-series'
import type { Repaired } from './repair'

/** The series of a table by its key column, in the order they are met; each keeps the order of its rows. */
export function byKey({ rows, columns, labels, lines, keys }: Series): { name: string | null; series: Series }[] {
  if (keys === null) return [{ name: null, series: { rows, columns, labels, lines, keys } }]
  const members: number[][] = keys.names.map(() => [])
  for (let row = 0; row < rows; row++) members[keys.ids[row]!]!.push(row)
  return members.map((own, id) => ({
    name: keys.names[id]!,
    series: {
      rows: own.length,
      columns: new Map([...columns].map(([column, values]) => [column, Float64Array.from(own, (row) => values[row]!)])),
      labels: labels && own.map((row) => labels[row]!),
      lines: lines && Int32Array.from(own, (row) => lines[row]!),
      keys: null,
    },
  }))
}

/**
 * Where each series is split. One: by its rows. Several with a time: all at the same times, those by which the wanted shares
 * of all rows have passed, so that no series shows another's future; a series may lie in one part only. Several without: each
 * by its own rows, in its own order. With `split` "key" each lies in one part whole, drawn by the seed.
 * @throws UnrollError `dataset.split` when there are fewer series than parts
 */
export function splitEach(all: readonly (Repaired & { name: string | null })[], fractions: Fractions & { split: 'time' | 'key' }, seed: number): SplitBounds[] {
  if (fractions.split === 'key') return wholeSeries(all, fractions, seed)
  if (all.length === 1) return [splitInOrder(all[0]!.series.rows, fractions)]
  if (!all.every(({ times }) => times !== null)) return all.map(({ series }) => splitInOrder(series.rows, fractions))
  const sorted = Float64Array.from(all.flatMap(({ times }) => [...times!.values])).sort()
  const whole = splitInOrder(sorted.length, fractions)
  const [validation, test] = [sorted[whole.trainEnd] ?? Infinity, sorted[whole.validationEnd] ?? Infinity]
  const before = (times: Float64Array, border: number) => times.reduce((count, time) => count + (time < border ? 1 : 0), 0)
  return all.map(({ series, times }) => ({ trainEnd: before(times!.values, validation), validationEnd: before(times!.values, test), length: series.rows }))
}

function wholeSeries(all: readonly (Repaired & { name: string | null })[], fractions: Fractions, seed: number): SplitBounds[] {
  if (all[0]!.name === null) throw new UnrollError('experiment.data', 'data.split is "key", but data.key names no column that tells the series apart.', { hint: 'Name the column in data.key, or set data.split to "time".', where: { parameter: 'data.split' } })
  const drawn = drawGroups(new Map(all.map(({ name, series }) => [name!, series.rows])), fractions, seed)
  return all.map(({ name, series: { rows } }) => {
    const test = drawn.test.includes(name!)
    return { trainEnd: test || drawn.validation.includes(name!) ? 0 : rows, validationEnd: test ? 0 : rows, length: rows }
  })
}

/** Held-out series that baselines are measured on; of more, the first. */
const mostMeasured = 20

/**
 * Baselines where series are held out whole: fitted on the training series, one after the other, measured on the validation
 * series (where there are none, on the training series).
 * @param measure one series after the training rows, by column: which of its rows are forecast
 */
export function heldOutBaselines(all: readonly Repaired[], bounds: readonly SplitBounds[], training: ReadonlyMap<string, Float64Array>, measure: (values: Map<string, Float64Array>, from: number, to: number, trainEnd: number) => Baseline[], horizon: number): { baselines: Baseline[]; rows: number }[] {
  const within = (kept: (bound: SplitBounds) => boolean) => all.filter(({ series }, at) => kept(bounds[at]!) && series.rows > horizon)
  const validation = within(({ trainEnd, validationEnd, length }) => trainEnd === 0 && validationEnd === length)
  const measured = (validation.length > 0 ? validation : within(({ trainEnd, length }) => trainEnd === length)).slice(0, mostMeasured)
  const trainEnd = [...training.values()][0]!.length
  return measured.map(({ series }) => {
    const values = new Map([...training].map(([name, before]) => {
      const own = new Float64Array(trainEnd + series.rows)
      own.set(before)
      own.set(series.columns.get(name)!, trainEnd)
      return [name, own]
    }))
    return { rows: series.rows - horizon, baselines: measure(values, trainEnd + horizon, trainEnd + series.rows, trainEnd) }
  })
}

/** Parts of several series as one, with a border where each begins; those without a row are left out. */
export function joinedParts(parts: readonly StreamPart[]): StreamPart {
  if (parts.length === 1) {
    // Of one series alone MASE's divisor is the whole data's (`ErrorMeasure.naiveError`).
    const { rows, inputs, targets, bases } = parts[0]!
    return { rows, inputs, targets, ...(bases && { bases }) }
  }
  const filled = parts.filter(({ rows }) => rows > 0)
  let rows = 0
  const starts = Int32Array.from(filled, (part) => (rows += part.rows) - part.rows)
  return {
    rows, inputs: joined(filled.map(({ inputs }) => inputs), (length) => new Float32Array(length)), targets: joined(filled.map(({ targets }) => targets), (length) => new Float32Array(length)), starts,
    ...(parts[0]!.bases && { bases: together(filled.map(({ bases }) => bases!)) }),
    naiveErrors: Float64Array.from(filled, ({ naiveErrors }) => naiveErrors![0]!),
  }
}

function joined<T extends Float32Array>(lists: readonly T[], make: (length: number) => T): T {
  const all = make(lists.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const list of lists) {
    all.set(list, at)
    at += list.length
  }
  return all
}

/**
 * Baselines of each series as those of all; only models that every series has. Loss, MAE, MASE and sMAPE are means over rows, RMSE
 * the root of the mean square; a series whose errors MASE can't scale is left out of it.
 */
export function joinedBaselines(each: readonly { baselines: readonly Baseline[]; rows: number }[]): Baseline[] {
  if (each.length === 1) return [...each[0]!.baselines]
  const counted = each.filter(({ rows }) => rows > 0).map(({ baselines, rows }) => ({ rows, baselines: new Map(baselines.map((baseline) => [withoutOrder(baseline.name), baseline])) }))
  return [...counted[0]?.baselines ?? []].filter(([name]) => counted.every(({ baselines }) => baselines.has(name))).map(([name, { description }]) => {
    const mean = (figure: (baseline: Baseline) => number | undefined): number | undefined => {
      let [sum, rows] = [0, 0]
      for (const own of counted) {
        const value = figure(own.baselines.get(name)!)
        if (value === undefined) continue
        sum += own.rows * value
        rows += own.rows
      }
      return rows > 0 ? sum / rows : undefined
    }
    const square = mean(({ rmse }) => rmse !== undefined ? rmse * rmse : undefined)
    const figures = { error: mean(({ error }) => error), rmse: square === undefined ? undefined : Math.sqrt(square), mase: mean(({ mase }) => mase), smape: mean(({ smape }) => smape) }
    return {
      name, description: `${ofSeveral[name] ?? description} Of ${counted.length} series, each by itself.`, loss: mean(({ loss }) => loss)!,
      ...Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== undefined)),
    }
  }).sort((a, b) => a.loss - b.loss)
}

/** What differs from series to series isn't told. */
const ofSeveral: Record<string, string> = {
  'Autoregression': 'A linear function of the last values, by least squares on the training part; the number of lags by BIC.',
  'Seasonal naive': 'The value one season before.',
}

/** How many lags an autoregression has differs from series to series. */
const withoutOrder = (name: string): string => name.replace(/^Autoregression .*/, 'Autoregression')
