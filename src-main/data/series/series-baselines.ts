import type { Baseline } from '@shared/metrics'
import { toScaled, type ColumnScale } from './scaler'

/** One target column in its own units, with its scale. */
export interface TargetColumn { values: Float64Array; scale: ColumnScale }

/**
 * What forecasting reaches without learning: the last value goes on (naive), and the training part's mean.
 * Loss: mean squared error in scaled units over all target columns; error: mean absolute error of the first in its own.
 * @param from,to rows that are forecast, from at least `horizon` on
 */
export function seriesBaselines(targets: readonly TargetColumn[], trainEnd: number, from: number, to: number, horizon: number): Baseline[] {
  const means = targets.map(({ values }) => values.subarray(0, trainEnd).reduce((sum, value) => sum + value, 0) / trainEnd)
  const measure = (predict: (column: number, row: number) => number) => {
    let squares = 0
    let absolute = 0
    for (let row = from; row < to; row++) {
      targets.forEach(({ values, scale }, column) => {
        const predicted = predict(column, row)
        const actual = values[row]!
        squares += (toScaled(scale, predicted) - toScaled(scale, actual)) ** 2
        if (column === 0) absolute += Math.abs(predicted - actual)
      })
    }
    const count = to - from
    return { loss: squares / (count * targets.length), error: absolute / count }
  }
  const ahead = horizon === 1 ? 'the next row' : `${horizon} rows ahead`
  return [
    { name: 'Naive', description: `The last known value, for ${ahead}.`, ...measure((column, row) => targets[column]!.values[row - horizon]!) },
    { name: 'Mean', description: 'Always the mean of the training part.', ...measure((column) => means[column]!) },
  ].sort((a, b) => a.loss - b.loss)
}
