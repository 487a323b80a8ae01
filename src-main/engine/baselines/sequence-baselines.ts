import type { TaskSpec } from '@shared/experiment/schema'
import type { Baseline } from '@shared/metrics'
import { ForecastErrors } from '../metrics/regression'
import { factor, solveLower, solveUpper } from './cholesky'
import { regressionLoss } from './losses'

/** Most values that the linear forecast looks back at, and rows it is fitted on. */
const mostLags = 20
const mostRows = 200_000

export interface ValueSequences { count: number; x: ArrayLike<number>; y: ArrayLike<number> }

export interface SequenceSizes {
  steps: number
  /** Columns of x_t, and of y_t, which holds the same columns `horizon` steps later. */
  width: number
  horizon: number
  loss: TaskSpec['loss']
  /** What turns an error of the first column into its own units. */
  unitScale: number
}

type Forecast = (part: ValueSequences, row: number, step: number, column: number) => number

/**
 * What foretelling sequences of values takes no network for, best first:
 *   naive   ŷ_t = x_t
 *   mean    of the training part's targets
 *   linear  ŷ_t = c + Σ_{i<p} a_i x_{t−i} of the same column, by least squares over all training sequences; p at most 20, and
 *           as many as there are at a sequence's beginning
 * @param train,measured x and y [count, steps, width]
 */
export function sequenceBaselines(sizes: SequenceSizes, train: ValueSequences, measured: ValueSequences): Baseline[] {
  const { steps, width, horizon } = sizes
  const valueAt = (part: ValueSequences, row: number, step: number, column: number) => part.x[(row * steps + step) * width + column]!
  const means = Float64Array.from({ length: width }, (_, column) => {
    let sum = 0
    for (let at = column; at < train.y.length; at += width) sum += train.y[at]!
    return sum / (train.y.length / width)
  })
  const lags = Math.min(mostLags, Math.max(1, Math.floor(steps / 2)))
  const models = Array.from({ length: width }, (_, column) => linearForecasts(lags, steps, train, (row, step) => valueAt(train, row, step, column), (row, step) => train.y[(row * steps + step) * width + column]!))
  const linear: Forecast = (part, row, step, column) => {
    const orders = models[column]!
    const model = orders[Math.min(step, orders.length - 1)]!
    let sum = model[0]!
    for (let lag = 0; lag + 1 < model.length; lag++) sum += model[lag + 1]! * valueAt(part, row, step - lag, column)
    return sum
  }
  const ahead = horizon === 1 ? 'the next step' : `${horizon} steps ahead`
  const named: [name: string, description: string, forecast: Forecast][] = [
    ['Naive', `The last value seen, for ${ahead}.`, valueAt],
    ['Mean', 'Always the mean of the training part.', (_part, _row, _step, column) => means[column]!],
    [`Linear forecast (${models[0]!.length})`, `A linear function of the last ${models[0]!.length} values, by least squares on the training part.`, linear],
  ]
  return named.map(([name, description, forecast]) => ({ name, description, ...scores(sizes, measured, forecast) })).sort((a, b) => a.loss - b.loss)
}

function scores({ steps, width, loss, unitScale }: SequenceSizes, part: ValueSequences, forecast: Forecast): Omit<Baseline, 'name' | 'description'> {
  const errors = new ForecastErrors()
  let sum = 0
  for (let row = 0; row < part.count; row++) {
    for (let step = 0; step < steps; step++) {
      for (let column = 0; column < width; column++) {
        const [right, predicted] = [part.y[(row * steps + step) * width + column]!, forecast(part, row, step, column)]
        sum += regressionLoss(loss, predicted - right)
        if (column === 0) errors.add(right * unitScale, predicted * unitScale)
      }
    }
  }
  return { loss: sum / (part.count * steps * width), error: errors.mae, rmse: errors.rmse }
}

/** For p = 1 … lags: c, a_0 … a_{p−1}. All come from one Gram matrix, whose leading blocks are those of the smaller models. */
function linearForecasts(lags: number, steps: number, { count }: ValueSequences, x: (row: number, step: number) => number, y: (row: number, step: number) => number): Float64Array[] {
  const width = lags + 1
  const [gram, moment, values] = [new Float64Array(width * width), new Float64Array(width), new Float64Array(width)]
  const every = Math.max(1, Math.floor(count * (steps - lags + 1) / mostRows))
  values[0] = 1
  for (let row = 0; row < count; row += every) {
    for (let step = lags - 1; step < steps; step++) {
      for (let lag = 0; lag < lags; lag++) values[lag + 1] = x(row, step - lag)
      const target = y(row, step)
      for (let i = 0; i < width; i++) {
        moment[i]! += values[i]! * target
        for (let j = 0; j <= i; j++) gram[i * width + j]! += values[i]! * values[j]!
      }
    }
  }
  const rank = factor(gram, width)
  const z = solveLower(gram, moment, width, rank)
  return Array.from({ length: Math.max(1, rank - 1) }, (_, at) => solveUpper(gram, z, width, Math.min(rank, at + 2)))
}
