import { factor, solveLower, solveUpper } from './cholesky'

/** Rows learned from, and the most lags tried. */
const mostRows = 100_000
const mostLags = 50

/** ŷ_{t+h} = c + Σ_{i<p} a_i y_{t−i} */
export interface Autoregression {
  horizon: number
  intercept: number
  /** a_0 … a_{p−1} */
  coefficients: Float64Array
}

/**
 * Linear autoregression by least squares, straight to the horizon (not fed by its own outputs). The order p is the one with
 * the least BIC over p = 1 … 50 (at most a tenth of the rows) on the rows that all orders can be fitted to.
 *   BIC_p = n ln(RSS_p / n) + (p + 1) ln n
 * All orders come from one Cholesky factor L of XᵀX, whose leading blocks are those of the smaller models:
 *   z = L⁻¹ Xᵀ y,   RSS_p = yᵀy − Σ_{i≤p} z_i²
 * @param values the training part   @param horizon h
 * @returns null when there are too few rows
 * @see Schwarz 1978
 */
export function fitAutoregression(values: ArrayLike<number>, horizon: number): Autoregression | null {
  const lags = Math.min(mostLags, Math.floor(values.length / 10))
  const first = Math.max(horizon + lags - 1, values.length - mostRows)
  const rows = values.length - first
  if (lags < 1 || rows < 3 * (lags + 1)) return null
  // Centred, so that a series far from zero loses no digits; the constant comes back at the end.
  const mean = averageOf(values)
  const width = lags + 1
  const [gram, moment] = [new Float64Array(width * width), new Float64Array(width)]
  const row = new Float64Array(width)
  let squares = 0
  for (let at = first; at < values.length; at++) {
    row[0] = 1
    for (let lag = 0; lag < lags; lag++) row[lag + 1] = values[at - horizon - lag]! - mean
    const target = values[at]! - mean
    squares += target * target
    for (let i = 0; i < width; i++) {
      moment[i]! += row[i]! * target
      for (let j = 0; j <= i; j++) gram[i * width + j]! += row[i]! * row[j]!
    }
  }
  const rank = factor(gram, width)
  const z = solveLower(gram, moment, width, rank)
  const order = bestOrder(z, squares, rows, rank)
  if (order < 1) return null
  const solution = solveUpper(gram, z, width, order + 1)
  const coefficients = solution.slice(1)
  const intercept = solution[0]! + mean * (1 - coefficients.reduce((sum, value) => sum + value, 0))
  return { horizon, intercept, coefficients }
}

/** The forecast of `values[row]` from what is known `horizon` rows before; before the series' start its first value stands in. */
export function autoregressed({ horizon, intercept, coefficients }: Autoregression, values: ArrayLike<number>, row: number): number {
  let forecast = intercept
  for (let lag = 0; lag < coefficients.length; lag++) forecast += coefficients[lag]! * values[Math.max(0, row - horizon - lag)]!
  return forecast
}

function bestOrder(z: Float64Array, squares: number, rows: number, rank: number): number {
  let [best, least, rest] = [0, Infinity, squares]
  for (let p = 0; p < rank; p++) {
    rest -= z[p]! ** 2
    const criterion = rows * Math.log(Math.max(rest, squares * 1e-15) / rows) + (p + 1) * Math.log(rows)
    if (p >= 1 && criterion < least) [best, least] = [p, criterion]
  }
  return best
}

const averageOf = (values: ArrayLike<number>): number => {
  let sum = 0
  for (let at = 0; at < values.length; at++) sum += values[at]!
  return sum / values.length
}
