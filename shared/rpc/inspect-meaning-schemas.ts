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
  /** The user's own classes: a word a step of the part; an empty one where there is none. */
  z.object({ kind: z.literal('tags'), name: z.string().min(1).max(200), values: z.array(z.string().max(200)).max(1_000_000) }),
])

const readSchema = z.object({
  id: idSchema,
  weights: whichWeightsSchema.default('newest'),
  /** Default: h of the last layer, forward. */
  tensor: z.string().min(1).max(64).optional(),
  part: corpusPartSchema.default('all'),
  /** Over the sequence of this trace instead of the data; features then count its steps. */
  trace: idSchema.optional(),
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
  /** Which of the features asked for each row is of. */
  of: z.array(z.number().int()),
  units: z.number().int(),
  /** Pearson's r, [names, units]. */
  r: floats,
  /** The same over the first and the second half of the steps, [2, names, units]. */
  halves: floats,
  /** The largest |r| of any unit with the feature moved along the steps by 19 distances, a row each: what chance alone gives. */
  chance: floats,
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
  /** What is read out: the feature, or its classes (of two only the second). */
  outputs: z.array(z.string()),
  /** The weights with their signs, units (and a numeric feature) scaled to spread 1, [outputs, units]. */
  signed: floats,
  /** Held-out rows by class and answer, [classes, classes], and the classes' names; null for numbers. */
  confusion: floats.nullable(),
  classNames: z.array(z.string()).nullable(),
  /** Numbers: what some held-out rows have, and what the probe says of them. */
  points: z.object({ truth: floats, said: floats }).nullable(),
})

/** A feature at every step of an open sequence. */
export const propertyRequestSchema = z.object({ trace: idSchema, stack: z.enum(['', 'encoder.', 'decoder.']).default(''), feature: askedFeatureSchema })
export const propertySchema = z.object({
  name: z.string(),
  kind: z.enum(['numeric', 'binary', 'classes']),
  classes: z.array(z.string()).nullable(),
  /** [steps]; ids of classes; NaN where it isn't known. */
  values: floats,
})

export type AskedFeature = z.output<typeof askedFeatureSchema>
