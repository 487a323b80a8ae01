import type { Backend } from '../backends/backend'
import { maseScale } from '../baselines/series-baselines'
import { expectForecast, forecastFrom, type ForecastArguments, type ForecastOrigin } from '../generate/forecast'
import { withNetwork } from '../inspect/network-runner'
import type { Work } from '../inspect/work'
import { LeadErrors } from './lead-errors'
import { stepBaselines } from './step-baselines'

export interface BacktestArguments extends Omit<ForecastArguments, keyof ForecastOrigin> {
  /** The first target of each series in its own units, the rows of its training part from the first on, its season. */
  series: { values: Float64Array; trainRows: number; season: number | null }[]
  /** `row`: the first one forecast, of its series. */
  origins: (ForecastOrigin & { series: number; row: number })[]
  /** What turns outputs into the first target's units, without a recipe. */
  scale: { offset: number; scale: number }
}

export interface BacktestedModel { name: string; network: boolean; figures: ReturnType<LeadErrors['figures']> }

/**
 * Rolling-origin evaluation: from each origin the `steps` rows after it are forecast with nothing but what stands before it, the
 * network's weights as they are, baselines fitted on the training part. Best first by MAE; of baselines those every series has.
 * @see Tashman 2000, Out-of-sample tests of forecasting accuracy
 * @throws UnrollError as `forecast`; `inspect.cancelled`
 */
export async function backtest(backend: Backend, args: BacktestArguments, work: Work): Promise<BacktestedModel[]> {
  const { series, origins, steps, scale, outputSize } = args
  for (const origin of origins) expectForecast({ ...args, ...origin })
  const used = [...new Set(origins.map((origin) => origin.series))]
  const naiveErrors = new Map(used.map((at) => [at, maseScale(series[at]!.values.subarray(0, series[at]!.trainRows), series[at]!.season)]))
  const baselines = new Map(used.map((at) => [at, stepBaselines(series[at]!.values.subarray(0, series[at]!.trainRows), series[at]!.season)]))
  const names = [...baselines.get(used[0]!)!.keys()].filter((name) => used.every((at) => baselines.get(at)!.has(name)))
  const network = new LeadErrors(steps)
  const others = new Map(names.map((name) => [name, new LeadErrors(steps)]))
  const measure = (errors: LeadErrors, { series: at, row }: { series: number; row: number }, valueAt: (step: number) => number) => {
    for (let step = 0; step < steps; step++) errors.add(step, series[at]!.values[row + step] ?? NaN, valueAt(step), naiveErrors.get(at)!)
  }
  await withNetwork(backend, args, 'values', async (runner) => {
    for (const [index, origin] of origins.entries()) {
      await work.step(index, origins.length)
      runner.reset()
      const { forecast, values } = await forecastFrom(runner, args, origin, async () => { await work.step(index, origins.length) })
      const valueAt = (step: number) => values?.[step * outputSize] ?? forecast[step * outputSize]! * scale.scale + scale.offset
      measure(network, origin, valueAt)
      for (const name of names) {
        const found = baselines.get(origin.series)!.get(name)!(series[origin.series]!.values, origin.row, steps)
        // Where the history is too short for the network, baselines aren't measured either.
        measure(others.get(name)!, origin, (step) => (Number.isNaN(valueAt(step)) ? NaN : found[step]!))
      }
    }
    await work.step(origins.length, origins.length)
  })
  return [{ name: 'Network', network: true, figures: network.figures() }, ...names.map((name) => ({ name, network: false, figures: others.get(name)!.figures() }))]
    .sort((a, b) => a.figures.mae - b.figures.mae)
}
