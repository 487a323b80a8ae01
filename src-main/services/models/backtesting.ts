import { UnrollError } from '@shared/errors'
import type { Backtest } from '@shared/rpc/schemas'
import type { PreparedDataset, PreparedSeries } from '../../data/prepared-dataset'
import { scaleOf } from '../../data/series/scaler'
import type { BacktestArguments, BacktestedModel } from '../../engine/backtest/backtest'
import { targetLeadOf } from '../../engine/series/recipe'
import { aheadOf, transformedUpTo } from './forecasting'
import { networkOf, type TrainedModel } from './trained-model'

export interface BacktestRequest { part: 'validation' | 'test'; origins: number; steps: number }

/** Rows read before an origin at the least, so that the state is in its stride. */
const leastHistory = 400

/**
 * A rolling-origin evaluation over a held-out part, ready for the worker: `origins` of them, evenly over the part (of several
 * series over all their parts), none so late that a row to be forecast would lie past its end.
 * @throws UnrollError `playground.not-series`, `backtest.too-short`
 */
export function backtestOf(model: TrainedModel, { series, scaler }: PreparedDataset, { part, origins, steps }: BacktestRequest): { args: BacktestArguments; describe(found: BacktestedModel[]): Backtest } {
  if (series === null || scaler === null) throw new UnrollError('playground.not-series', 'This network was not trained on a series, so it can\'t forecast one.', { hint: 'Its figures on held-out data are on the dashboard.' })
  const { horizon, feedback, starts, values, target } = series
  const rows = values.length
  const ends = starts.map((_, at) => starts[at + 1] ?? rows)
  const lead = series.transformed ? Math.max(series.transformed.lead, targetLeadOf(series.transformed.recipe)) : 0
  const possible = series.parts[part].flatMap(({ from, to }, at) => {
    const first = Math.max(from, starts[at]! + lead + 1)
    return Array.from({ length: Math.max(0, to - steps + 1 - first) }, (_, index) => ({ series: at, row: first + index }))
  })
  if (possible.length === 0) {
    const longest = Math.max(0, ...series.parts[part].map(({ from, to }) => to - from))
    throw new UnrollError('backtest.too-short', `Forecasts of ${steps} rows don't fit into the ${part} part, ${starts.length > 1 ? 'of whose series the longest has' : 'which has'} ${longest} rows.`, { hint: longest > 0 ? `Forecast at most ${longest} rows, or hold out more.` : `Hold out a ${part} part, or choose the other one.` })
  }
  const chosen = evenly(possible, origins)
  const history = Math.max(leastHistory, 4 * model.experiment.training.window)
  const args: BacktestArguments = {
    ...networkOf(model), horizon, feedback, steps, recipe: series.transformed?.recipe, scale: series.transformed ? { offset: 0, scale: 1 } : scaleOf(scaler, target[0]!),
    series: starts.map((start, at) => ({ values: values.slice(start, ends[at]), trainRows: Math.max(0, series.parts.train[at]!.to - start), season: series.seasons[at]! })),
    origins: chosen.map(({ series: at, row }) => ({ series: at, row: row - starts[at]!, ...knownAt(series, starts[at]!, row, steps, history) })),
  }
  return { args, describe: (models) => described(model, series, { part, steps }, chosen, models) }
}

function knownAt(series: PreparedSeries, start: number, row: number, steps: number, history: number) {
  const width = series.columns.length
  const from = Math.max(start + (series.transformed?.lead ?? 0), row - history)
  return { history: series.inputs.slice(from * width, row * width), ahead: aheadOf(series, row, steps), ...transformedUpTo(series, start, row) }
}

function evenly<T>(all: readonly T[], count: number): T[] {
  if (count >= all.length) return [...all]
  return Array.from({ length: count }, (_, index) => all[count === 1 ? 0 : Math.round(index * (all.length - 1) / (count - 1))]!)
}

function described(model: TrainedModel, series: PreparedSeries, { part, steps }: Pick<BacktestRequest, 'part' | 'steps'>, chosen: readonly { row: number }[], models: readonly BacktestedModel[]): Backtest {
  const label = (row: number) => series.labels?.[row] ?? String(row + 1)
  return {
    column: series.target[0]!, step: model.step, part, steps, origins: chosen.length,
    first: label(chosen[0]!.row), last: label(chosen.at(-1)!.row),
    models: models.map(({ name, network, figures: { byLead, ...overall } }) => ({ name, network, ...overall, byLead })),
  }
}
