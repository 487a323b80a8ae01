import type { TaskSpec } from '@shared/experiment/schema'
import type { Baseline } from '@shared/metrics'
import { hasLog, logOf, type LogKind } from '../series/transforms'
import { ForecastErrors, seasonalNaiveError } from '../metrics/regression'
import { autoregressed, fitAutoregression } from './linear-autoregression'
import { regressionLoss } from './losses'
import { seasonOf } from './season'

/** One target column in its own units, and x' = (ln x − offset) / scale, or without the logarithm. */
export interface TargetColumn { values: Float64Array; scale: { scale: number }; log?: LogKind | undefined }

export interface SeriesMeasure {
  targets: readonly TargetColumn[]
  /** Rows 0 … trainEnd − 1 are what baselines are fitted on. */
  trainEnd: number
  /** Rows that are forecast, from at least `horizon` on. */
  from: number
  to: number
  horizon: number
  loss: TaskSpec['loss']
  /** Rows of a season; null: none. */
  season: number | null
}

type Forecast = (column: number, row: number) => number

/** A season that a series has at least twice in its training part. */
export function seasonFor(training: ArrayLike<number>, stated: number | undefined): number | null {
  const season = stated ?? seasonOf(training)
  return season !== null && season >= 2 && 2 * season <= training.length ? season : null
}

/** What MASE divides the first target's errors by; null where that is zero or there is none. */
export function maseScale(training: ArrayLike<number>, season: number | null): number | null {
  const error = seasonalNaiveError(training, season ?? 1)
  return error > 0 ? error : null
}

/**
 * What forecasting reaches with little or no learning, h rows ahead, best first.
 *   naive          ŷ_t = y_{t−h}
 *   drift          ŷ_t = y_{t−h} + h (y_{n−1} − y_0) / (n − 1), of the training part's n rows
 *   seasonal naive ŷ_t = y_{t−m⌈h/m⌉}
 *   mean           of the training part
 *   autoregression ŷ_t = c + Σ_i a_i y_{t−h−i}, see `fitAutoregression`
 * Loss: the task's, in scaled units (of the logarithms where the network's targets are) over all target columns; error, RMSE, MASE,
 * sMAPE: of the first in its own units. A forecast that has no logarithm counts there as the least training value.
 * @see Hyndman & Athanasopoulos, Forecasting: Principles and Practice, section 5.2
 */
export function seriesBaselines(measure: SeriesMeasure): Baseline[] {
  const { targets, trainEnd, horizon, season } = measure
  const training = targets.map(({ values }) => values.subarray(0, trainEnd))
  const means = training.map((values) => values.reduce((sum, value) => sum + value, 0) / trainEnd)
  const slopes = training.map((values) => (trainEnd > 1 ? (values[trainEnd - 1]! - values[0]!) / (trainEnd - 1) : 0))
  const models = training.map((values) => fitAutoregression(values, horizon))
  const valueOf = (column: number, row: number) => targets[column]!.values[Math.max(0, row)]!
  const ahead = horizon === 1 ? 'the next row' : `${horizon} rows ahead`

  const named: [name: string, description: string, forecast: Forecast][] = [
    ['Naive', `The last known value, for ${ahead}.`, (column, row) => valueOf(column, row - horizon)],
    ['Drift', 'The last known value, moved on by the training part\'s mean change a row.', (column, row) => valueOf(column, row - horizon) + horizon * slopes[column]!],
    ['Mean', 'Always the mean of the training part.', (column) => means[column]!],
  ]
  if (season !== null) {
    const back = season * Math.ceil(horizon / season)
    named.push(['Seasonal naive', `The value one season of ${season} rows before.`, (column, row) => valueOf(column, row - back)])
  }
  if (models.every((model) => model !== null)) {
    const orders = models.map((model) => model!.coefficients.length).join(', ')
    named.push([`Autoregression (${orders})`, `A linear function of the last ${orders} values, by least squares on the training part; the number of lags by BIC.`,
      (column, row) => autoregressed(models[column]!, targets[column]!.values, row)])
  }
  const scale = maseScale(training[0]!, season)
  return named.map(([name, description, forecast]) => ({ name, description, ...scores(measure, forecast, scale) })).sort((a, b) => a.loss - b.loss)
}

function scores({ targets, trainEnd, from, to, loss }: SeriesMeasure, forecast: Forecast, naiveError: number | null): Omit<Baseline, 'name' | 'description'> {
  const errors = new ForecastErrors()
  const least = targets.map(({ values, log = 'none' }) => (log === 'none' ? 0 : values.subarray(0, trainEnd).reduce((found, value) => Math.min(found, value), Infinity)))
  let sum = 0
  for (let row = from; row < to; row++) {
    for (let column = 0; column < targets.length; column++) {
      const { values, log = 'none', scale: { scale } } = targets[column]!
      const predicted = forecast(column, row)
      const logged = logOf(log, hasLog(log, predicted) ? predicted : least[column]!)
      sum += regressionLoss(loss, (logged - logOf(log, values[row]!)) / scale)
      if (column === 0) errors.add(values[row]!, predicted)
    }
  }
  return { loss: sum / ((to - from) * targets.length), error: errors.mae, rmse: errors.rmse, smape: errors.smape, ...(naiveError !== null && { mase: errors.mase(naiveError) }) }
}
