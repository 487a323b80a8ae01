import { UnrollError } from '@shared/errors'
import type { LogKind } from '../../engine/series/transforms'

export type ScaleKind = 'standard' | 'minmax' | 'robust' | 'none'

/**
 * x' = (x − offset) / scale. Standard: offset the mean, scale the standard deviation. Minmax: the least value and the range.
 * Robust: the median and the distance of the quartiles, which a few wild values don't move.
 */
export interface ColumnScale { column: string; offset: number; scale: number }

/**
 * How columns become numbers of the network's. Where they are logged or differenced first, `columns` are the scales of what is left
 * then, and `transform` says what was done (docs/experiment-file.md); `targets` are the targets' own scales where, further ahead
 * than a row, their differences are against other rows than the inputs'.
 */
export interface Scaler {
  kind: ScaleKind
  columns: ColumnScale[]
  targets?: ColumnScale[] | undefined
  transform?: { log: LogKind; difference: number[]; columns: string[] } | undefined
  lags?: number[] | undefined
  horizon?: number | undefined
}

/**
 * Fits one column on its training rows alone. The deviation is the population's (divided by n), as in scikit-learn's
 * StandardScaler; a constant column gets scale 1.
 * @param values one column, at least one row
 */
export function fitScale(kind: ScaleKind, column: string, values: Float64Array): ColumnScale {
  if (kind === 'none') return { column, offset: 0, scale: 1 }
  if (kind === 'minmax') {
    let least = Infinity
    let most = -Infinity
    for (const value of values) {
      if (value < least) least = value
      if (value > most) most = value
    }
    return { column, offset: least, scale: scaleOr1(most - least, least) }
  }
  if (kind === 'robust') {
    const sorted = Float64Array.from(values).sort()
    const median = quantile(sorted, 0.5)
    return { column, offset: median, scale: scaleOr1(quantile(sorted, 0.75) - quantile(sorted, 0.25), median) }
  }
  let mean = 0
  let squares = 0
  // Welford's update: no catastrophic cancellation when the mean is far from 0.
  values.forEach((value, index) => {
    const before = value - mean
    mean += before / (index + 1)
    squares += before * (value - mean)
  })
  return { column, offset: mean, scale: scaleOr1(Math.sqrt(squares / values.length), mean) }
}

/** Linear between the two nearest, as numpy.quantile and scikit-learn's RobustScaler have it. @param sorted rising, at least one */
function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1)
  const below = Math.floor(place)
  const [low, high] = [sorted[below]!, sorted[Math.min(below + 1, sorted.length - 1)]!]
  return low + (place - below) * (high - low)
}

/** A constant's rounding noise isn't a scale, nor is what would scale ordinary numbers beyond float32. */
const scaleOr1 = (scale: number, offset: number): number => scale > Math.max(Math.abs(offset) * 1e-12, 1e-30) && Number.isFinite(scale) ? scale : 1

export const scaleOf = (scaler: Scaler, column: string): ColumnScale => {
  const found = scaler.columns.find((entry) => entry.column === column)
  if (!found) throw new UnrollError('dataset.column-missing', `The scaler has no column "${column}"; it has ${scaler.columns.map((entry) => `"${entry.column}"`).join(', ')}.`, { hint: 'Forecast with the dataset the run was trained on.' })
  return found
}

export const toScaled = ({ offset, scale }: ColumnScale, value: number): number => (value - offset) / scale

/** x = x'·scale + offset: scaled values in the column's own units. */
export const toUnits = ({ offset, scale }: ColumnScale, value: number): number => value * scale + offset

export const allToUnits = (column: ColumnScale, values: ArrayLike<number>): Float32Array => Float32Array.from(values, (value) => toUnits(column, value))
