import { z } from 'zod'
import { seriesDataSchema } from '../../experiment/data/series'
import { lengthsSchema } from './lengths'

export const columnSchema = z.object({
  name: z.string(),
  type: z.enum(['number', 'date', 'text']),
  /** First values, as written in the file. */
  examples: z.array(z.string()),
  min: z.number().nullable(),
  max: z.number().nullable(),
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
    horizon: z.number().int(), scale: seriesDataSchema.shape.scale.unwrap(),
  }),
  /** The first target column, thinned to at most 2,000 [row, min, max] buckets; `transformed`: as it is after `transform`, before scaling. */
  curve: z.object({ column: z.string(), points: buckets, transformed: buckets.nullish(), firstTime: z.string().nullable(), lastTime: z.string().nullable() }),
  /** Several series in one table: rows of each, the longest first, at most 200. */
  series: z.object({ key: z.string(), lengths: lengthsSchema, list: z.array(z.object({ name: z.string(), count: z.number().int() })) }).nullable().default(null),
})

export type Column = z.infer<typeof columnSchema>
export type SeriesPreview = z.infer<typeof seriesPreviewSchema>
