import { forecastSeries } from '../../services/models/forecasting'
import type { WhichWeights } from '../../services/runs/run-folder'
import { decimal, figure } from './words'
import { dataOf, withModel } from './with-model'

export interface ForecastOptions { steps: number; start?: number; history: number; weights: WhichWeights; json?: boolean }

/** `unroll forecast RUN`: the rows after the series (or after row `start`), as CSV or one JSON line a row on stdout. */
export async function forecast(run: string, { steps, start, history, weights, json }: ForecastOptions): Promise<void> {
  const found = await withModel(run, weights, async (client, model, host) => {
    return forecastSeries(client, model, await dataOf(host, run, model), { start: start ?? null, steps, history })
  })
  const { column, labels, actual, forecast: values, naive, maeForecast, maeNaive } = found
  if (json !== true) process.stdout.write(`${['row', 'forecast', 'actual'].map(quoted).join(',')}\n`)
  for (let index = found.start; index < labels.length; index++) {
    const known = Number.isNaN(actual[index]!) ? null : actual[index]!
    process.stdout.write(json === true
      ? `${JSON.stringify({ row: labels[index], column, forecast: values[index], naive: naive[index], actual: known })}\n`
      : `${[quoted(labels[index]!), decimal(values[index]!), known === null ? '' : decimal(known)].join(',')}\n`)
  }
  if (maeForecast !== null && maeNaive !== null) {
    process.stderr.write(`Mean absolute error of ${column}: ${figure(maeForecast)}; of its last value going on: ${figure(maeNaive)}.\n`)
  }
}

const quoted = (text: string): string => /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
