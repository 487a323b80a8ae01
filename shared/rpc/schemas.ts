import { z } from 'zod'
import { experimentSchema } from '../experiment/schema'
import { baselineSchema, metricSchema, runStateSchema } from '../metrics'

const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,99}$/)
export const idSchema = id

/** A file the user chose or dropped. The renderer never sees its path; the host keeps it. */
export const fileTokenSchema = z.object({ token: z.string().min(8).max(100), name: z.string(), bytes: z.number().int().min(0) })

export const appInfoSchema = z.object({
  version: z.string(),
  host: z.enum(['desktop', 'serve']),
  platform: z.string(),
  /** The folder everything is kept in. */
  home: z.string(),
  cores: z.number().int(),
  gpu: z.object({ available: z.boolean(), description: z.string() }),
})

export const sampleSchema = z.object({
  id,
  title: z.string(),
  kind: z.enum(['text', 'series', 'generated']),
  /** What it is, in one sentence. */
  description: z.string(),
  /** What a user will see the network learn. */
  shows: z.string(),
  size: z.string(),
  source: z.string(),
})

export const splitPartSchema = z.object({ part: z.enum(['train', 'validation', 'test']), from: z.number().int(), to: z.number().int(), count: z.number().int() })

export const textOptionsSchema = z.object({ kind: z.literal('text'), unit: z.literal('char').default('char') })
export const seriesOptionsSchema = z.object({
  kind: z.literal('series'),
  delimiter: z.enum([',', ';', '\t', '|']).optional(),
  header: z.boolean().optional(),
  columns: z.array(z.string()).min(1).optional(),
  target: z.array(z.string()).min(1).optional(),
  time: z.string().nullable().optional(),
  horizon: z.number().int().min(1).max(10_000).optional(),
  scale: z.enum(['standard', 'minmax', 'none']).optional(),
})
/** What the user set on the import screen; what is left out is guessed. */
export const importOptionsSchema = z.discriminatedUnion('kind', [textOptionsSchema, seriesOptionsSchema])

export const columnSchema = z.object({
  name: z.string(),
  type: z.enum(['number', 'date', 'text']),
  /** First values, as written in the file. */
  examples: z.array(z.string()),
  min: z.number().nullable(),
  max: z.number().nullable(),
})

export const textPreviewSchema = z.object({
  kind: z.literal('text'),
  characters: z.number().int(),
  vocabulary: z.array(z.object({ symbol: z.string(), count: z.number().int() })),
  /** The first 2,000 characters. */
  start: z.string(),
  encoding: z.string(),
})
export const seriesPreviewSchema = z.object({
  kind: z.literal('series'),
  rows: z.number().int(),
  delimiter: z.string(),
  header: z.boolean(),
  columns: z.array(columnSchema),
  /** The first rows as written, at most 50. */
  table: z.array(z.array(z.string())),
  chosen: z.object({
    columns: z.array(z.string()), target: z.array(z.string()), time: z.string().nullable(),
    horizon: z.number().int(), scale: z.enum(['standard', 'minmax', 'none']),
  }),
  /** The first target column, thinned to at most 2,000 [row, min, max] buckets. */
  curve: z.object({ column: z.string(), points: z.array(z.tuple([z.number(), z.number(), z.number()])), firstTime: z.string().nullable(), lastTime: z.string().nullable() }),
})
export const generatedPreviewSchema = z.object({
  kind: z.literal('generated'),
  steps: z.number().int(),
  examples: z.number().int(),
  /** One example: its numbers, its marks and the sum to find. */
  example: z.object({ values: z.array(z.number()), marks: z.array(z.number()), sum: z.number() }),
})
/** Sequences of symbols: generated ones. */
export const sequencesPreviewSchema = z.object({
  kind: z.literal('sequences'),
  count: z.number().int(),
  steps: z.number().int(),
  /** What the network is asked, in one sentence. */
  task: z.string(),
  /** The first ones: the symbol of each step, and what is to be answered there. */
  examples: z.array(z.object({ inputs: z.array(z.string()), targets: z.array(z.string()) })),
})
export const previewSchema = z.discriminatedUnion('kind', [textPreviewSchema, seriesPreviewSchema, generatedPreviewSchema, sequencesPreviewSchema])

export const datasetSchema = z.object({
  id,
  name: z.string(),
  kind: z.enum(['text', 'series', 'generated']),
  created: z.string(),
  /** Bytes of the source; 0 for generated ones. */
  bytes: z.number().int(),
  /** "1,215,000 characters, 86 symbols". */
  summary: z.string(),
  /** Characters, rows or sequences. */
  length: z.number().int(),
  /** Width of x_t and y_t as the network sees them. */
  inputSize: z.number().int(),
  outputSize: z.number().int(),
  hash: z.string(),
  sample: id.nullable(),
  /** The `data` and `task` parts of an experiment on this dataset, with defaults for model and training. */
  experiment: experimentSchema,
})

export const datasetDetailsSchema = z.object({
  dataset: datasetSchema,
  preview: previewSchema,
  split: z.array(splitPartSchema),
  baselines: z.array(baselineSchema),
})

/** What the best weights reach on a part held out; `run.baselines` stand beside it. */
export const partFiguresSchema = z.object({
  part: z.enum(['validation', 'test']),
  /** In the unit of the run's loss. */
  loss: z.number(),
  /**
   * By the names of a baseline's figures (shared/metrics.ts), and: `bits` and `perplexity` a symbol; `errorRate`, edit distance by
   * the symbols expected; `legalSteps` and `legalStrings` of the embedded Reber grammar.
   */
  scores: z.record(z.string(), z.number()),
  /** How often each class (row) was taken for each (column). Null where there are no classes, or too many to be read. */
  confusion: z.object({ labels: z.array(z.string()), counts: z.array(z.array(z.int())) }).nullable(),
})

export const runSchema = z.object({
  id,
  name: z.string(),
  datasetId: id.nullable(),
  created: z.string(),
  state: runStateSchema,
  step: z.number().int(),
  totalSteps: z.number().int(),
  stepsPerEpoch: z.number().int(),
  parameters: z.number().int(),
  /** Which device trains it and why: "WebAssembly SIMD (auto: 3.1 ms a step, WebGPU 9.8 ms)". */
  device: z.string(),
  best: z.object({ step: z.number().int(), loss: z.number() }).nullable(),
  last: metricSchema.nullable(),
  error: z.object({ code: z.string(), message: z.string(), hint: z.string().optional() }).nullable(),
  experiment: experimentSchema,
  baselines: z.array(baselineSchema),
  /** The unit of `error` metrics: a column's name; null for classification. */
  unit: z.string().nullable(),
  remainingMs: z.number().nullable(),
  /** Validation, then test, each where it has anything; null until the run is done. */
  figures: z.array(partFiguresSchema).nullable(),
})

export const floats = z.custom<Float32Array>((value) => value instanceof Float32Array, 'expected a Float32Array')

export const statesSchema = z.object({
  runId: id,
  step: z.number().int(),
  units: z.number().int(),
  steps: z.number().int(),
  /** h_t, row-major [steps, units]. */
  hidden: floats,
  /** What stands at each step: a character, or the time or row. */
  labels: z.array(z.string()),
  /** Text: the probability the network gave to the next character that really came. Series: null. */
  surprise: floats.nullable(),
})

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

export const exportedSchema = z.object({
  /** A token with which the host hands the file to the user. */
  token: z.string(),
  fileName: z.string(),
  bytes: z.number().int(),
  /** How it was checked after writing. */
  verified: z.string(),
})

export type AppInfo = z.infer<typeof appInfoSchema>
export type FileToken = z.infer<typeof fileTokenSchema>
export type Sample = z.infer<typeof sampleSchema>
export type ImportOptions = z.infer<typeof importOptionsSchema>
export type SeriesOptions = z.infer<typeof seriesOptionsSchema>
export type Column = z.infer<typeof columnSchema>
export type Preview = z.infer<typeof previewSchema>
export type TextPreview = z.infer<typeof textPreviewSchema>
export type SeriesPreview = z.infer<typeof seriesPreviewSchema>
export type GeneratedPreview = z.infer<typeof generatedPreviewSchema>
export type SequencesPreview = z.infer<typeof sequencesPreviewSchema>
export type SplitPart = z.infer<typeof splitPartSchema>
export type Dataset = z.infer<typeof datasetSchema>
export type DatasetDetails = z.infer<typeof datasetDetailsSchema>
export type PartFigures = z.infer<typeof partFiguresSchema>
export type Run = z.infer<typeof runSchema>
export type States = z.infer<typeof statesSchema>
export type GeneratedText = z.infer<typeof generatedTextSchema>
export type Forecast = z.infer<typeof forecastSchema>
export type Prediction = z.infer<typeof predictionSchema>
export type Exported = z.infer<typeof exportedSchema>
