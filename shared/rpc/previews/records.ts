import { z } from 'zod'
import { lengthsSchema } from './lengths'

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

export type SequenceSide = z.infer<typeof sequenceSideSchema>
export type RecordColumn = z.infer<typeof recordColumnSchema>
export type RecordsPreview = z.infer<typeof recordsPreviewSchema>
