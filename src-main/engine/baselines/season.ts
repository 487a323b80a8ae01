/** Rows and lags looked at: a tenth of a second of work. */
const mostRows = 20_000
const mostLag = 2_000
/** Weaker waves than this are as likely noise. */
const leastCorrelation = 0.2

/**
 * The season of a series: the lag of its highest autocorrelation past the first fall to zero, on the series less its linear
 * trend; on its differences when that never falls to zero.
 *   r_m = Σ_t y_t y_{t−m} / Σ_t y_t²
 * @param values the training part
 * @returns null when no lag up to a third of the series correlates by more than 0.2
 * @see Box & Jenkins 1970, chapter 2
 */
export function seasonOf(values: ArrayLike<number>): number | null {
  const used = Float64Array.from({ length: Math.min(values.length, mostRows) }, (_, at) => values[values.length - Math.min(values.length, mostRows) + at]!)
  if (used.length < 8) return null
  const found = peakOf(withoutTrend(used))
  return found === 'no fall' ? peakOrNull(peakOf(withoutTrend(differences(used)))) : found
}

const peakOrNull = (found: number | null | 'no fall'): number | null => (found === 'no fall' ? null : found)

function peakOf(values: Float64Array): number | null | 'no fall' {
  const correlations = autocorrelations(values, Math.min(mostLag, Math.floor(values.length / 3)))
  const fall = correlations.findIndex((r) => r <= 0)
  if (fall < 0) return 'no fall'
  let best = fall
  for (let lag = fall; lag < correlations.length; lag++) if (correlations[lag]! > correlations[best]!) best = lag
  return best >= 2 && correlations[best]! > leastCorrelation ? best : null
}

/** r_0 … r_most; all 0 for a constant. */
export function autocorrelations(values: Float64Array, most: number): Float64Array {
  const variance = values.reduce((sum, value) => sum + value * value, 0)
  return Float64Array.from({ length: most + 1 }, (_, lag) => {
    let sum = 0
    for (let at = lag; at < values.length; at++) sum += values[at]! * values[at - lag]!
    return variance > 0 ? sum / variance : 0
  })
}

function withoutTrend(values: Float64Array): Float64Array {
  const count = values.length
  const middle = (count - 1) / 2
  const mean = values.reduce((sum, value) => sum + value, 0) / count
  let [covariance, variance] = [0, 0]
  for (let at = 0; at < count; at++) {
    covariance += (at - middle) * (values[at]! - mean)
    variance += (at - middle) ** 2
  }
  return values.map((value, at) => value - mean - covariance / variance * (at - middle))
}

const differences = (values: Float64Array): Float64Array => Float64Array.from({ length: values.length - 1 }, (_, at) => values[at + 1]! - values[at]!)
