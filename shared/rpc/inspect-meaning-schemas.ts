import { z } from 'zod'
import { floats } from './floats'
import { idSchema } from './id'
import { whichWeightsSchema } from './inspect-schemas'
import { corpusPartSchema } from './inspect-store-schemas'

const symbol = z.string().min(1).max(100)

/** What a unit may stand for, at each step once it has been read. */
export const askedFeatureSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('class'), of: z.enum(['letter', 'vowel', 'consonant', 'upper', 'lower', 'digit', 'space', 'newline', 'punctuation']) }),
  z.object({ kind: z.literal('symbol'), symbol }),
  /** How many of the symbols in `open` are not yet closed by one in `close`. */
  z.object({ kind: z.literal('depth'), open: z.string().min(1).max(20).default('([{'), close: z.string().min(1).max(20).default(')]}') }),
  /** From `open` on until `close`; a quote is both. */
  z.object({ kind: z.literal('inside'), open: symbol, close: symbol }),
  /** Steps since the sequence began; since a symbol. */
  z.object({ kind: z.literal('position') }),
  z.object({ kind: z.literal('since'), symbol }),
  /** The symbol that comes next. */
  z.object({ kind: z.literal('next') }),
  /** A column of a series, or of the numbers of a sequence. */
  z.object({ kind: z.literal('column'), name: z.string().min(1).max(500) }),
  /** The class (or the target) of the sequence, or of the step where each has one. */
  z.object({ kind: z.literal('label') }),
  /** The user's own: one number a step of the part, NaN where there is none. */
  z.object({ kind: z.literal('numbers'), name: z.string().min(1).max(200), values: floats }),
])

const readSchema = z.object({
  id: idSchema,
  weights: whichWeightsSchema.default('newest'),
  /** Default: h of the last layer, forward. */
  tensor: z.string().min(1).max(64).optional(),
  part: corpusPartSchema.default('all'),
})

export const correlateRequestSchema = readSchema.extend({
  features: z.array(askedFeatureSchema).min(1).max(100),
  /** Steps read at most, from the part's start. */
  most: z.int().min(10).max(5_000_000).default(50_000),
})

export const correlationsSchema = z.object({
  tensor: z.string(),
  /** The step the weights are from. */
  step: z.number().int(),
  /** A row each: a feature, or one of its classes. */
  names: z.array(z.string()),
  units: z.number().int(),
  /** Pearson's r, [names, units]. */
  r: floats,
  /** Steps counted, a row each. */
  counts: z.array(z.number().int()),
})

export const probeRequestSchema = readSchema.extend({
  feature: askedFeatureSchema,
  /** States used at most, evenly spaced over the first `read` steps of the part. */
  most: z.int().min(40).max(50_000).default(5000),
  read: z.int().min(40).max(5_000_000).default(100_000),
})

export const probeSchema = z.object({
  tensor: z.string(),
  step: z.number().int(),
  name: z.string(),
  kind: z.enum(['numeric', 'binary', 'classes']),
  /** Rows fitted to, and held out: all scores are of these. */
  trained: z.number().int(),
  held: z.number().int(),
  penalty: z.number(),
  /** Numbers: R² (0: no better than the mean) and mean absolute errors, of the probe and of always saying the mean. */
  numeric: z.object({ r2: z.number(), error: z.number(), baselineError: z.number() }).nullable(),
  /** Classes: of the probe, and of always saying the most frequent class. */
  classes: z.object({ accuracy: z.number(), baselineAccuracy: z.number(), balancedAccuracy: z.number(), nats: z.number(), baselineNats: z.number() }).nullable(),
  /** How much each unit counts in the read-out. */
  weights: floats,
})

export type AskedFeature = z.output<typeof askedFeatureSchema>
