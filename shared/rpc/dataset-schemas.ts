import { z } from 'zod'
import { experimentSchema } from '../experiment/schema'
import { baselineSchema } from '../metrics'
import { idSchema } from './id'
import { previewSchema } from './preview-schemas'

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
export type Padding = z.infer<typeof paddingSchema>
export type SplitPart = z.infer<typeof splitPartSchema>
export type Dataset = z.infer<typeof datasetSchema>
export type DatasetDetails = z.infer<typeof datasetDetailsSchema>
