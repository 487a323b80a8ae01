import { z } from 'zod'
import { textDataSchema } from '../../experiment/data/text'
import { lengthsSchema } from './lengths'

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

export type TextPreview = z.infer<typeof textPreviewSchema>
