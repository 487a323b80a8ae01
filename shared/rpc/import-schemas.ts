import { z } from 'zod'
import { audioDataSchema } from '../experiment/data/audio'
import { seriesDataSchema } from '../experiment/data/series'
import { textDataSchema } from '../experiment/data/text'
import { experimentSchema } from '../experiment/schema'
import { baselineSchema } from '../metrics'
import { floats } from './floats'
import { idSchema } from './id'

export const sampleSchema = z.object({
  id: idSchema,
  title: z.string(),
  kind: z.enum(['text', 'series', 'generated', 'pairs']),
  /** What it is, in one sentence. */
  description: z.string(),
  /** What a user will see the network learn. */
  shows: z.string(),
  size: z.string(),
  source: z.string(),
})

export const splitPartSchema = z.object({ part: z.enum(['train', 'validation', 'test']), from: z.number().int(), to: z.number().int(), count: z.number().int() })

/** As the keys of the same names in an experiment's `data`. */
export const textOptionsSchema = z.object({
  kind: z.literal('text'),
  unit: textDataSchema.shape.unit,
  encoding: textDataSchema.shape.encoding,
  vocabularySize: textDataSchema.shape.vocabularySize.unwrap().optional(),
  lowerCase: textDataSchema.shape.lowerCase.unwrap().optional(),
  normalise: textDataSchema.shape.normalise.unwrap().optional(),
})
const series = seriesDataSchema.shape
export const seriesOptionsSchema = z.object({
  kind: z.literal('series'),
  delimiter: z.enum([',', ';', '\t', '|']).optional(),
  header: z.boolean().optional(),
  columns: z.array(z.string()).min(1).optional(),
  target: z.array(z.string()).min(1).optional(),
  time: z.string().nullable().optional(),
  horizon: z.number().int().min(1).max(10_000).optional(),
  scale: series.scale.unwrap().optional(),
  transform: series.transform.optional(),
  lags: series.lags.unwrap().optional(),
  encoding: series.encoding,
  key: series.key.unwrap().optional(),
  missing: series.missing.unwrap().optional(),
  steps: series.steps.unwrap().optional(),
  calendar: series.calendar.unwrap().optional(),
  gap: series.gap.unwrap().optional(),
})
export const recordsOptionsSchema = z.object({
  kind: z.literal('records'),
  delimiter: z.enum([',', ';', '\t', '|']).optional(),
  header: z.boolean().optional(),
  /** Columns (keys) of the sequence and of what belongs to it: a class, or the sequence it becomes. Not of a folder. */
  sequence: z.string().nullable().optional(),
  target: z.string().nullable().optional(),
  targetIs: z.enum(['class', 'sequence']).optional(),
  /** A column whose values keep records in one part of the split. */
  group: z.string().nullable().optional(),
  unit: z.enum(['char', 'word']).optional(),
  repeats: z.enum(['once', 'all']).optional(),
  faulty: z.enum(['refuse', 'leave-out']).optional(),
})
/** Arrays by their names in the file; null: none. What is left out is guessed. */
export const tensorsOptionsSchema = z.object({
  kind: z.literal('tensors'),
  x: z.string().min(1).optional(),
  y: z.string().min(1).nullable().optional(),
  lengths: z.string().min(1).nullable().optional(),
  group: z.string().min(1).nullable().optional(),
})
/** As the keys of the same names in an experiment's `data`; what is left out is the usual. */
export const audioOptionsSchema = z.object({
  kind: z.literal('audio'),
  features: audioDataSchema.shape.features.unwrap().optional(),
  group: audioDataSchema.shape.group,
  labels: audioDataSchema.shape.labels,
  repeats: audioDataSchema.shape.repeats.unwrap().optional(),
  faulty: audioDataSchema.shape.faulty.unwrap().optional(),
})
/** What the user set on the import screen; what is left out is guessed. One union, a member a kind. */
export const importOptionsSchema = z.discriminatedUnion('kind', [textOptionsSchema, seriesOptionsSchema, recordsOptionsSchema, audioOptionsSchema, tensorsOptionsSchema])

export const columnSchema = z.object({
  name: z.string(),
  type: z.enum(['number', 'date', 'text']),
  /** First values, as written in the file. */
  examples: z.array(z.string()),
  min: z.number().nullable(),
  max: z.number().nullable(),
})

/** How long things are. */
export const lengthsSchema = z.object({
  count: z.number().int(),
  shortest: z.number().int(),
  longest: z.number().int(),
  mean: z.number(),
  /** So many of `from` to `to`, both included; at most 40 bins over all lengths. */
  lengths: z.array(z.object({ from: z.number().int(), to: z.number().int(), count: z.number().int() })),
})
export const textPreviewSchema = z.object({
  kind: z.literal('text'),
  unit: textDataSchema.shape.unit.unwrap(),
  /** Symbols in all: characters, words or bytes. */
  characters: z.number().int(),
  vocabulary: z.array(z.object({ symbol: z.string(), count: z.number().int() })),
  /** The first 2,000 characters. */
  start: z.string(),
  encoding: z.string(),
  /** Of lines, in characters; of the files of a folder, in bytes. Null: not counted, or there is one file. */
  lines: lengthsSchema.nullable().default(null),
  documents: lengthsSchema.nullable().default(null),
})
const buckets = z.array(z.tuple([z.number(), z.number(), z.number()]))
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
    horizon: z.number().int(), scale: series.scale.unwrap(),
  }),
  /** The first target column, thinned to at most 2,000 [row, min, max] buckets; `transformed`: as it is after `transform`, before scaling. */
  curve: z.object({ column: z.string(), points: buckets, transformed: buckets.nullish(), firstTime: z.string().nullable(), lastTime: z.string().nullable() }),
  /** Several series in one table: rows of each, the longest first, at most 200. */
  series: z.object({ key: z.string(), lengths: lengthsSchema, list: z.array(z.object({ name: z.string(), count: z.number().int() })) }).nullable().default(null),
})
export const generatedPreviewSchema = z.object({
  kind: z.literal('generated'),
  steps: z.number().int(),
  examples: z.number().int(),
  /** One example: its numbers, its marks and the sum to find. */
  example: z.object({ values: z.array(z.number()), marks: z.array(z.number()), sum: z.number() }),
})
/** Generated sequences of symbols. */
export const sequencesPreviewSchema = z.object({
  kind: z.literal('sequences'),
  count: z.number().int(),
  steps: z.number().int(),
  /** What the network is asked, in one sentence. */
  task: z.string(),
  /** each-step: every input has its answer below it; whole: one sequence becomes another. */
  answers: z.enum(['each-step', 'whole']),
  /** The first ones: the symbol of each step, and what is to be answered. */
  examples: z.array(z.object({ inputs: z.array(z.string()), targets: z.array(z.string()) })),
})
export const symbolCountSchema = z.object({ symbol: z.string(), count: z.number().int() })
/** How long sequences are, and of what symbols. */
export const sequenceSideSchema = lengthsSchema.extend({
  /** How many different symbols; the most frequent ones of them. */
  symbols: z.number().int(),
  vocabulary: z.array(symbolCountSchema),
})
export const recordColumnSchema = z.object({
  name: z.string(),
  examples: z.array(z.string()),
  /** Different values; null: more than are counted. */
  distinct: z.number().int().nullable(),
  /** Mean length in characters. */
  length: z.number(),
})
export const recordsPreviewSchema = z.object({
  kind: z.literal('records'),
  form: z.enum(['table', 'json-lines', 'folder']),
  /** As read, repeats among them. */
  records: z.number().int(),
  delimiter: z.string().nullable(),
  header: z.boolean().nullable(),
  /** None of a folder. */
  columns: z.array(recordColumnSchema),
  chosen: z.object({ sequence: z.string().nullable(), target: z.string().nullable(), targetIs: z.enum(['class', 'sequence']), group: z.string().nullable(), unit: z.enum(['char', 'word']), repeats: z.enum(['once', 'all']), faulty: z.enum(['refuse', 'leave-out']) }),
  /** Records that can't be used and are left out, and why the first can't. */
  leftOut: z.object({ count: z.number().int(), first: z.string().nullable() }),
  /** The first ones, as written, with the line each ends in. */
  first: z.array(z.object({ sequence: z.string(), target: z.string(), line: z.number().int() })),
  sequences: sequenceSideSchema,
  /** What the sequences become; null where they have classes. */
  targets: sequenceSideSchema.nullable(),
  /** The most frequent ones first, at most 200; null where sequences become others. */
  classes: z.object({ total: z.number().int(), list: z.array(z.object({ name: z.string(), count: z.number().int() })) }).nullable(),
  /** Records that repeat another exactly. */
  repeated: z.number().int(),
  /** Sequences that have more than one target. */
  torn: z.number().int(),
})
const namedCounts = z.array(z.object({ name: z.string(), count: z.number().int() }))
export const audioExampleSchema = z.object({
  name: z.string(),
  label: z.string(),
  seconds: z.number(),
  /** As in its file. */
  rate: z.number(),
  /** Features as the network gets them, before scaling, [frames, width]. */
  frames: z.number().int(),
  values: floats,
  /** A WAV file of one channel at the common rate, for playback. */
  wav: z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'expected a Uint8Array'),
})
export const audioPreviewSchema = z.object({
  kind: z.literal('audio'),
  chosen: audioOptionsSchema.omit({ kind: true }),
  recordings: z.number().int(),
  classes: namedCounts,
  /** Of the first 2,000 recordings. */
  lookedInto: z.number().int(),
  seconds: z.object({ total: z.number(), shortest: z.number(), longest: z.number() }),
  rates: z.array(z.object({ rate: z.number(), count: z.number().int() })),
  formats: z.array(z.object({ format: z.string(), count: z.number().int() })),
  /** The rate all are brought to, and the features of a frame. */
  rate: z.number(),
  width: z.number().int(),
  bands: z.array(z.string()),
  /** The first recording of each of the first classes. */
  examples: z.array(audioExampleSchema),
  leftOut: z.array(z.object({ name: z.string(), reason: z.string() })),
  groups: namedCounts.nullable(),
  /** What in the file names looks like a speaker; null: nothing, or groups are chosen. */
  suggestion: z.object({ pattern: z.string(), groups: z.number().int(), example: z.string() }).nullable(),
  /** CSV files in the folder, which may hold the classes. */
  tables: z.array(z.string()),
})
export const arraySchema = z.object({
  name: z.string(),
  /** "F32". */
  type: z.string(),
  shape: z.array(z.number().int()),
  min: z.number().nullable(),
  max: z.number().nullable(),
  /** The first numbers. */
  first: z.array(z.number()),
})
export const tensorsPreviewSchema = z.object({
  kind: z.literal('tensors'),
  arrays: z.array(arraySchema),
  chosen: z.object({ x: z.string().nullable(), y: z.string().nullable(), lengths: z.string().nullable(), group: z.string().nullable() }),
  /** What is wrong with these roles, in one sentence; null: it can be imported. */
  problem: z.string().nullable(),
  /** What follows from the roles; null while there is a problem. */
  found: z.object({
    count: z.number().int(), steps: z.number().int(), inputSize: z.number().int(), outputSize: z.number().int(),
    tokens: z.boolean(), classes: z.boolean(), output: z.enum(['every-step', 'last-step']),
    lengths: lengthsSchema.nullable(),
    balance: z.object({ total: z.number().int(), list: z.array(z.object({ name: z.string(), count: z.number().int() })) }).nullable(),
    examples: z.array(z.object({ inputs: z.array(z.string()), targets: z.array(z.string()) })),
  }).nullable(),
})
export const previewSchema = z.discriminatedUnion('kind', [textPreviewSchema, seriesPreviewSchema, recordsPreviewSchema, audioPreviewSchema, tensorsPreviewSchema, generatedPreviewSchema, sequencesPreviewSchema])

export const datasetSchema = z.object({
  id: idSchema,
  name: z.string(),
  kind: z.enum(['text', 'series', 'records', 'audio', 'tensors', 'generated']),
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
  sample: idSchema.nullable(),
  /** The `data` and `task` parts of an experiment on this dataset, with defaults for model and training. */
  experiment: experimentSchema,
})

/** Share of the training part's steps that are padding: all as long as the longest; and as training brings them together. */
export const paddingSchema = z.object({
  whole: z.number(),
  bucketed: z.number(),
  /** What sequences (of pairs: sources, then targets) are padded to. */
  bounds: z.array(z.array(z.number().int())),
})
export const datasetDetailsSchema = z.object({
  dataset: datasetSchema,
  preview: previewSchema,
  split: z.array(splitPartSchema),
  baselines: z.array(baselineSchema),
  /** What the user should know of the data and of its split, a sentence each. */
  warnings: z.array(z.string()),
  /** Null where there is nothing to pad. */
  padding: paddingSchema.nullable(),
  /** Whether the source, where it was read from, is still as it was; unknown: it came through a browser, or is a sample. */
  source: z.object({ name: z.string(), state: z.enum(['same', 'changed', 'gone', 'unknown']) }).nullable(),
})

export type Sample = z.infer<typeof sampleSchema>
export type ImportOptions = z.infer<typeof importOptionsSchema>
export type TextOptions = z.infer<typeof textOptionsSchema>
export type SeriesOptions = z.infer<typeof seriesOptionsSchema>
export type RecordsOptions = z.infer<typeof recordsOptionsSchema>
export type TensorsOptions = z.infer<typeof tensorsOptionsSchema>
export type TensorsPreview = z.infer<typeof tensorsPreviewSchema>
export type Lengths = z.infer<typeof lengthsSchema>
export type Column = z.infer<typeof columnSchema>
export type Preview = z.infer<typeof previewSchema>
export type TextPreview = z.infer<typeof textPreviewSchema>
export type SeriesPreview = z.infer<typeof seriesPreviewSchema>
export type AudioOptions = z.infer<typeof audioOptionsSchema>
export type AudioPreview = z.infer<typeof audioPreviewSchema>
export type AudioExample = z.infer<typeof audioExampleSchema>
export type Padding = z.infer<typeof paddingSchema>
export type SequenceSide = z.infer<typeof sequenceSideSchema>
export type RecordColumn = z.infer<typeof recordColumnSchema>
export type RecordsPreview = z.infer<typeof recordsPreviewSchema>
export type GeneratedPreview = z.infer<typeof generatedPreviewSchema>
export type SequencesPreview = z.infer<typeof sequencesPreviewSchema>
export type SplitPart = z.infer<typeof splitPartSchema>
export type Dataset = z.infer<typeof datasetSchema>
export type DatasetDetails = z.infer<typeof datasetDetailsSchema>
