import { z } from 'zod'
import { floats } from '../floats'
import { audioOptionsSchema } from '../import-options'

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

export type AudioPreview = z.infer<typeof audioPreviewSchema>
export type AudioExample = z.infer<typeof audioExampleSchema>
