import { z } from 'zod'
import { idSchema } from './id'
import { whichWeightsSchema } from './inspect-schemas'

export const corpusPartSchema = z.enum(['all', 'train', 'validation', 'test'])

/** A unit that is on at or above the threshold (sign 1), or at or below its negative (sign −1). */
export const signedUnitSchema = z.object({ unit: z.int().min(0), sign: z.union([z.literal(1), z.literal(-1)]) })

/** Two decimals: what a store tells apart exactly. */
export const thresholdSchema = z.number().min(0.01).max(1000)

export const patternSchema = z.object({ threshold: thresholdSchema, units: z.array(signedUnitSchema).min(1).max(8192) })

export const storeRequestSchema = z.object({
  id: idSchema,
  weights: whichWeightsSchema.default('newest'),
  /** Default: h of the last layer, forward. */
  tensor: z.string().min(1).max(64).optional(),
  part: corpusPartSchema.default('all'),
  /** Steps to keep at most. */
  most: z.int().min(1).max(20_000_000).default(2_000_000),
})

export const storeSchema = z.object({
  store: idSchema,
  runId: idSchema,
  tensor: z.string(),
  /** The step the weights are from. */
  step: z.number().int(),
  steps: z.number().int(),
  units: z.number().int(),
  sequences: z.number().int(),
  bytes: z.number(),
})

export const selectionSchema = z.object({
  units: z.array(signedUnitSchema.extend({ mean: z.number() })),
  /** Whether the tensor's numbers lie in −1 … 1, so that one threshold suits them all. */
  bounded: z.boolean(),
})

export const matchesSchema = z.object({
  /** Milliseconds the search took. */
  ms: z.number(),
  /** Places that were ranked, and the smallest intersection among them. */
  places: z.number().int(),
  least: z.number().int(),
  matches: z.array(z.object({
    /** A sequence of the data, counted through all parts; null: a stream. */
    sequence: z.number().int().nullable(),
    /** First step, in the stream or the sequence; steps it lasts. */
    from: z.number().int(),
    length: z.number().int(),
    /** |S ∩ M| and |S ∪ M| of the pattern's units S and those on throughout, M. */
    shared: z.number().int(),
    union: z.number().int(),
    /** What is read around it; the match starts at `at`. */
    labels: z.array(z.string()),
    at: z.number().int(),
  })),
})

export const newPatternSchema = patternSchema.extend({
  tensor: z.string().min(1).max(64),
  note: z.string().max(10_000),
  /** What was selected, for recognising it. */
  example: z.string().max(1000).default(''),
})
export const savedPatternSchema = newPatternSchema.extend({ id: idSchema, created: z.string() })

export type NewPattern = z.output<typeof newPatternSchema>
export type SavedPattern = z.infer<typeof savedPatternSchema>
