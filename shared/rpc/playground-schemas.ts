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

const leads = { mae: floats, rmse: floats }
/** A rolling-origin evaluation: forecasts from many places of a held-out part, by weights that stay as they are. */
export const backtestSchema = z.object({
  column: z.string(),
  /** The training step of the weights. */
  step: z.number().int(),
  part: z.enum(['validation', 'test']),
  /** Rows forecast from each origin. */
  steps: z.number().int(),
  origins: z.number().int(),
  /** What stands at the first and the last origin: its time, or its row counted from 1. */
  first: z.string(),
  last: z.string(),
  /** Best first by MAE; the network among the baselines. In the column's own units; MASE null where the training part is constant. */
  models: z.array(z.object({
    name: z.string(), network: z.boolean(), mae: z.number(), rmse: z.number(), mase: z.number().nullable(),
    /** 1 to `steps` rows ahead. */
    byLead: z.object({ ...leads, mase: floats.nullable() }),
  })),
})

export const predictionSchema = z.object({
  /** The adding problem: one row an example. */
  examples: z.array(z.object({ values: z.array(z.number()), marks: z.array(z.number()), expected: z.number(), predicted: z.number() })),
})

export const sequenceAnswerSchema = z.object({
  /** The training step of the weights. */
  step: z.number().int(),
  /** The source's symbols, and which of them the network reads as unknown. */
  source: z.array(z.string()),
  unknown: z.array(z.number().int()),
  /** Best first; one when greedy. */
  candidates: z.array(z.object({
    text: z.string(),
    symbols: z.array(z.string()),
    /** Natural logarithm of the probability of the whole answer, its end included. */
    logProbability: z.number(),
    /** False: broken off where the user's limit is. */
    ended: z.boolean(),
    /** How much each symbol written (the end last, where it ended) read each of the source, [written, source]; null without attention. */
    attention: floats.nullable(),
  })),
})

export const classifiedSchema = z.object({
  step: z.number().int(),
  symbols: z.array(z.string()),
  unknown: z.array(z.number().int()),
  classes: z.array(z.string()),
  /** Probability of each class after each symbol, [symbols, classes]. */
  probabilities: floats,
})

export const heldOutExampleSchema = z.object({
  part: z.enum(['train', 'validation', 'test']),
  text: z.string(),
  /** What it becomes, or its class. */
  expected: z.string(),
})

/** A sequence that can't be typed: of numbers, or of ids without a name. */
export const heldOutRecordSchema = z.object({
  /** The training step of the weights. */
  step: z.number().int(),
  part: z.enum(['train', 'validation', 'test']),
  /** Which of the part, from 1, and how many there are. */
  number: z.number().int(),
  of: z.number().int(),
  steps: z.number().int(),
  /** An answer at every step; else one after the last. */
  everyStep: z.boolean(),
  inputs: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('tokens'), ids: z.array(z.number().int()) }),
    /** [steps, width], as the network reads them. */
    z.object({ kind: z.literal('values'), width: z.number().int(), values: floats }),
  ]),
  /** Null: the answers are numbers. */
  classes: z.array(z.string()).nullable(),
  outputSize: z.number().int(),
  /** [answers, outputSize]: probabilities, or numbers; of one answer a sequence, where it is read forward, also those after each step. */
  outputs: floats,
  /** Class ids, [answers], or numbers, [answers, outputSize]. */
  targets: floats,
})

export type GeneratedText = z.infer<typeof generatedTextSchema>
export type Forecast = z.infer<typeof forecastSchema>
export type Backtest = z.infer<typeof backtestSchema>
export type Prediction = z.infer<typeof predictionSchema>
export type SequenceAnswer = z.infer<typeof sequenceAnswerSchema>
export type Classified = z.infer<typeof classifiedSchema>
export type HeldOutRecord = z.infer<typeof heldOutRecordSchema>
export type HeldOutExample = z.infer<typeof heldOutExampleSchema>
