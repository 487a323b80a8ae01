import { UnrollError } from '@shared/errors'

export type ScaleKind = 'standard' | 'minmax' | 'none'

/** x' = (x − offset) / scale. Standard: offset the mean, scale the standard deviation. Minmax: the least value and the range. */
export interface ColumnScale { column: string; offset: number; scale: number }

export interface Scaler { kind: ScaleKind; columns: ColumnScale[] }

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
