import { z } from 'zod'
import { floats } from './floats'

export const generatedTextSchema = z.object({
  text: z.string(),
  /** Natural logarithm of each character's probability at temperature 1. */
  logProbabilities: floats,
  seed: z.number().int(),
})

export const forecastSchema = z.object({
  column: z.string(),
  /** Labels of all rows: history, then forecast. */
  labels: z.array(z.string()),
  /** The series, in its own units; NaN past its end. */
  actual: floats,
  /** One-step-ahead predictions over the history, in the series' own units; NaN where there is none. */
  fitted: floats,
  /** The forecast, fed by its own outputs; NaN before its start. */
  forecast: floats,
  /** Index at which the forecast starts. */
  start: z.number().int(),
  /** The naive forecast (the last value goes on), for comparison. */
  naive: floats,
  maeForecast: z.number().nullable(),
  maeNaive: z.number().nullable(),
})

export const predictionSchema = z.object({
  /** The adding problem: one row an example. */
  examples: z.array(z.object({ values: z.array(z.number()), marks: z.array(z.number()), expected: z.number(), predicted: z.number() })),
})

export type GeneratedText = z.infer<typeof generatedTextSchema>
export type Forecast = z.infer<typeof forecastSchema>
export type Prediction = z.infer<typeof predictionSchema>
