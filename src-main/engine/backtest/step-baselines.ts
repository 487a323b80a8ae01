import { autoregressed, fitAutoregression } from '../baselines/linear-autoregression'

/** The rows after an origin, from what stands before it. */
export type StepForecast = (values: Float64Array, origin: number, steps: number) => Float64Array

/**
 * Forecasts of several rows ahead with what the training part alone has taught; row o + j of origin o, j from 0:
 *   naive           y_{o−1}
 *   drift           y_{o−1} + (j + 1) (y_{n−1} − y_0) / (n − 1), of the training part's n rows
 *   seasonal naive  the value m⌈(j + 1) / m⌉ rows before
 *   autoregression  a row ahead by least squares on the training part (`fitAutoregression`), then fed by its own forecasts
 * @param training the training part of a series   @param season m; null: none
 * @see Hyndman & Athanasopoulos, Forecasting: Principles and Practice, section 5.2
 */
export function stepBaselines(training: Float64Array, season: number | null): Map<string, StepForecast> {
  const slope = training.length > 1 ? (training.at(-1)! - training[0]!) / (training.length - 1) : 0
  const model = fitAutoregression(training, 1)
  const each = (value: (values: Float64Array, origin: number, step: number) => number): StepForecast =>
    (values, origin, steps) => Float64Array.from({ length: steps }, (_, step) => value(values, origin, step))
  const found = new Map<string, StepForecast>([
    ['Naive', each((values, origin) => values[origin - 1]!)],
    ['Drift', each((values, origin, step) => values[origin - 1]! + (step + 1) * slope)],
  ])
  if (season !== null) found.set('Seasonal naive', each((values, origin, step) => values[Math.max(0, origin + step - season * Math.ceil((step + 1) / season))]!))
  if (model !== null) {
    found.set('Autoregression', (values, origin, steps) => {
      // As far back as the model reads.
      const back = Math.min(origin, model.coefficients.length)
      const grown = new Float64Array(back + steps)
      grown.set(values.subarray(origin - back, origin))
      for (let step = 0; step < steps; step++) grown[back + step] = autoregressed(model, grown, back + step)
      return grown.slice(back)
    })
  }
  return found
}
