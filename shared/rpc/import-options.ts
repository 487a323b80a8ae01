import { z } from 'zod'
import { audioDataSchema } from '../experiment/data/audio'
import { seriesDataSchema } from '../experiment/data/series'
import { textDataSchema } from '../experiment/data/text'

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

export type ImportOptions = z.infer<typeof importOptionsSchema>
export type TextOptions = z.infer<typeof textOptionsSchema>
export type SeriesOptions = z.infer<typeof seriesOptionsSchema>
export type RecordsOptions = z.infer<typeof recordsOptionsSchema>
export type TensorsOptions = z.infer<typeof tensorsOptionsSchema>
export type AudioOptions = z.infer<typeof audioOptionsSchema>
