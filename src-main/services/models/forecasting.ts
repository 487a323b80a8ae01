import { UnrollError } from '@shared/errors'
import type { Forecast } from '@shared/rpc/schemas'
import type { PreparedDataset, PreparedSeries } from '../../data/prepared-dataset'
import { calendarAt } from '../../data/series/calendar'
import { scaleOf, toUnits, type Scaler } from '../../data/series/scaler'
import { later } from '../../data/series/time-steps'
import type { ForecastArguments } from '../../engine/generate/forecast'
import { leadOf, targetLeadOf, valueFrom } from '../../engine/series/recipe'
import { reachOf } from '../../engine/series/transforms'
import type { ComputeApi } from '../compute/protocol'
import { networkOf, type TrainedModel } from './trained-model'

export interface ForecastRequest { start: number | null; steps: number; history: number }

/** Rows read before the ones shown, so that the state is in its stride where the picture begins. */
const warmUpRows = 200

/**
 * A forecast of the first target column in its own units, with what is known around it.
 * @throws UnrollError `playground.not-series`, `forecast.past-the-end`, `forecast.too-early`
 */
export async function forecastSeries(compute: Pick<ComputeApi, 'forecast'>, model: TrainedModel, { series, scaler }: PreparedDataset, request: ForecastRequest): Promise<Forecast> {
  if (series === null || scaler === null) throw new UnrollError('playground.not-series', 'This network was not trained on a series, so it can\'t forecast one.', { hint: 'Let it write text, or test it on examples instead.' })
  const rows = series.targets.length / series.target.length
  const start = request.start ?? rows
  if (start > rows) throw new UnrollError('forecast.past-the-end', `The forecast was to start at row ${start}, but the data has ${rows} rows.`, { hint: `Start it at row ${rows} or before.` })
  // Of several series only the one that the forecast goes on is read.
  const begin = series.starts.findLast((each) => each < start) ?? 0
  const end = series.starts.find((each) => each >= start && each > 0) ?? rows
  const border = begin + (series.transformed?.lead ?? 0)
  if (start <= border) throw new UnrollError('forecast.too-early', `The forecast was to start after row ${start}, but its lags and differences look back on the first ${border - begin} rows of the series.`, { hint: `Start it at row ${border + 1} or later.` })
  const from = Math.max(border, start - request.history)
  const warmUp = Math.min(from - border, warmUpRows)
  const width = series.columns.length
  const { horizon, feedback } = series
  const answer = await compute.forecast({
    ...networkOf(model), history: series.inputs.slice((from - warmUp) * width, start * width), steps: request.steps, feedback, horizon, ahead: aheadOf(series, start, request.steps),
    ...transformedUpTo(series, begin, start),
  })
  const outputs = series.target.length
  const shown = start - from
  const total = shown + request.steps
  const inUnits = unitsOf(series, scaler, begin)
  const listed = (valueAt: (index: number) => number | undefined) => Float32Array.from({ length: total }, (_, index) => valueAt(index) ?? NaN)
  const actual = listed((index) => (from + index < end ? series.values[from + index] : undefined))
  const forecast = listed((index) => {
    if (index < shown) return NaN
    return answer.values === null ? inUnits(answer.forecast[(index - shown) * outputs]!, from + index) : answer.values[(index - shown) * outputs]
  })
  const naive = Float32Array.from({ length: total }, (_, index) => index < shown ? NaN : actual[shown - 1]!)
  return {
    column: series.target[0]!, labels: labelsOf(series, from, total, rows), start: shown, actual, forecast, naive,
    // The output at a row speaks of the row `horizon` later.
    fitted: listed((index) => index >= shown || index + warmUp < horizon ? NaN : inUnits(answer.fitted[(index + warmUp - horizon) * outputs]!, from + index)),
    maeForecast: meanAbsoluteError(forecast, actual), maeNaive: meanAbsoluteError(naive, actual),
  }
}

/** Of a transformed series, what a forecast of the rows from `to` on looks back on; `begin`: first row of its series. */
export function transformedUpTo({ transformed }: PreparedSeries, begin: number, to: number): Pick<ForecastArguments, 'recipe' | 'known'> {
  if (transformed === null) return {}
  const { recipe, logged } = transformed
  const from = Math.max(begin, to - leadOf(recipe) - targetLeadOf(recipe) - 1)
  return { recipe, known: logged.map((column) => column.slice(from, to)) }
}

/** What an output for a row that is known, or whose differences are against known rows, says in the first target's units. @param begin first row of its series */
function unitsOf({ transformed, target }: PreparedSeries, scaler: Scaler, begin: number): (output: number, row: number) => number {
  if (transformed === null) {
    const scale = scaleOf(scaler, target[0]!)
    return (output) => toUnits(scale, output)
  }
  const recipe = transformed.recipe.targets[0]!
  const logged = transformed.logged[recipe.column]!
  return (output, row) => (row - begin < reachOf(recipe.lags) ? NaN : valueFrom(recipe, logged, row, output))
}

/** The calendar of the rows that are forecast; nothing else is known of them. */
export function aheadOf({ columns, calendar, inputs }: PreparedSeries, start: number, steps: number): Float32Array | undefined {
  if (calendar === null) return undefined
  const width = columns.length
  const rows = inputs.length / width
  const first = width - 2 * calendar.features.length
  const ahead = new Float32Array(steps * width).fill(NaN)
  for (let step = 0; step < steps; step++) {
    const row = start + step
    const values = row < rows ? inputs.subarray(row * width + first, (row + 1) * width) : calendarAt(calendar.features, later(calendar.step, calendar.last, row - rows + 1))
    ahead.set(values, step * width + first)
  }
  return ahead
}

function labelsOf({ labels }: PreparedSeries, from: number, total: number, rows: number): string[] {
  return Array.from({ length: total }, (_, index) => {
    const row = from + index
    return row < rows ? labels?.[row] ?? String(row + 1) : `+${row - rows + 1}`
  })
}

/** Over the rows where both are known; null where there is none. */
function meanAbsoluteError(predicted: Float32Array, actual: Float32Array): number | null {
  let sum = 0
  let count = 0
  predicted.forEach((value, index) => {
    const error = Math.abs(value - actual[index]!)
    if (Number.isNaN(error)) return
    sum += error
    count++
  })
  return count === 0 ? null : sum / count
}
