import { z } from 'zod'
import { floats } from './floats'
import { idSchema } from './id'
import { askedFeatureSchema } from './inspect-meaning-schemas'
import { whichWeightsSchema } from './inspect-schemas'
import { corpusPartSchema } from './inspect-store-schemas'

const position = z.int().min(0)
const tensor = z.string().min(1).max(64)

/** Which cell of a trace's network. */
export const cellPlaceSchema = z.object({
  trace: idSchema,
  stack: z.enum(['', 'encoder.', 'decoder.']).default(''),
  layer: position.default(0),
  direction: z.enum(['forward', 'reverse']).default('forward'),
})

export const spaceRequestSchema = z.object({
  /** States of the data, evenly spaced; null: the trajectory alone. */
  cloud: z.object({
    id: idSchema, weights: whichWeightsSchema.default('newest'), tensor: tensor.optional(), part: corpusPartSchema.default('all'),
    /** Points, and steps read to take them from. */
    most: z.int().min(3).max(50_000).default(3000), read: z.int().min(3).max(5_000_000).default(50_000),
    features: z.array(askedFeatureSchema).max(20).default([]),
  }).nullable().default(null),
  /** Steps from..to-1 of a trace, in the same picture. */
  trajectory: z.object({ trace: idSchema, tensor, from: position, to: position }).nullable().default(null),
  /** UMAP takes seconds for thousands of points; PCA is there at once. */
  method: z.enum(['pca', 'umap']).default('pca'),
  components: z.union([z.literal(2), z.literal(3)]).default(2),
  neighbours: z.int().min(2).max(200).default(15),
  minDist: z.number().min(0).max(1).default(0.1),
  seed: z.int().min(0).max(2 ** 31 - 1).default(1),
})

export const spaceSchema = z.object({
  width: z.number().int(),
  components: z.number().int(),
  /** [points, components] */
  cloud: floats,
  trajectory: floats,
  /** Where each point of the cloud is in the data: a sequence (null: a stream) and a step, and what is read there. */
  places: z.array(z.object({ sequence: z.number().int().nullable(), step: z.number().int(), label: z.string() })),
  /** What the cloud can be coloured by: a number a point, of classes their ids; NaN: not known. */
  colours: z.array(z.object({ name: z.string(), kind: z.enum(['numeric', 'binary', 'classes']), classes: z.array(z.string()).nullable(), values: floats })),
  /** Of PCA (also under UMAP, for projecting fixed points): unit vectors [components, width], mean, share of variance. */
  axes: floats,
  mean: floats,
  explained: z.array(z.number()),
})

export const eigenSchema = z.object({ re: floats, im: floats })

export const fixedPointsRequestSchema = cellPlaceSchema.extend({
  /** The input held still: W x of a step, its mean over steps, or none at all (the bias stays). */
  input: z.discriminatedUnion('kind', [z.object({ kind: z.literal('none') }), z.object({ kind: z.literal('mean'), from: position, to: position }), z.object({ kind: z.literal('step'), step: position })]).default({ kind: 'none' }),
  /** States of the trace to search from, evenly spaced. */
  starts: z.int().min(1).max(500).default(32),
  steps: z.int().min(1).max(1000).default(60),
  /** ½‖F(h) − h‖² below which a point is reported; raise it for slow points. */
  tolerance: z.number().positive().max(1).default(1e-10),
})

export const fixedPointsSchema = z.object({
  /** Numbers of a state: H, of an LSTM h then c. */
  size: z.number().int(),
  starts: z.number().int(),
  points: z.array(z.object({
    state: floats,
    speed: z.number(),
    /** Searches that ended here. */
    found: z.number().int(),
    /** Largest modulus of the Jacobian's eigenvalues, and how many lie outside the unit circle. */
    radius: z.number(),
    unstable: z.number().int(),
    re: floats,
    im: floats,
  })),
})

export const spectrumSchema = z.object({
  name: z.string(),
  /** U of each gate by itself: `U` of an Elman cell, r z n, i f g o. */
  blocks: z.array(eigenSchema.extend({ gate: z.string() })),
})

/** What is changed by hand. A cell is named like its tensors: `l0`, `l1_reverse`, `decoder.l0`. */
export const editSchema = z.discriminatedUnion('kind', [
  /** h (or c) of a unit held at a number; 0 silences it. */
  z.object({ kind: z.literal('unit'), cell: tensor, unit: position, of: z.enum(['h', 'c']).default('h'), value: z.number().default(0) }),
  z.object({ kind: z.literal('gate'), cell: tensor, gate: z.enum(['i', 'f', 'g', 'o', 'r', 'z', 'n']), unit: position, value: z.number() }),
  /** One element of a weight by PyTorch's name; column 0 of a bias. */
  z.object({ kind: z.literal('weight'), name: z.string().min(1).max(100), row: position, column: position.default(0), value: z.number() }),
  /** What is read at a step: a symbol, or numbers as the network reads them. */
  z.object({ kind: z.literal('input'), step: position, symbol: z.string().max(100).nullable().default(null), values: z.array(z.number()).max(100_000).nullable().default(null) }),
])

export const unitSweepSchema = z.object({
  /** Mean loss of the sequence with each unit silenced; NaN without targets. */
  losses: floats,
  /** Mean change of the output over steps: of classes KL(p‖q) in nats, of numbers |Δy|. */
  changes: floats,
})

export const unitMatchesSchema = z.object({
  /** Each unit of the first and the one of the second that goes with it (none where the second has fewer), with their r. */
  matches: z.array(z.object({ unit: z.number().int(), other: z.number().int(), r: z.number() })),
})

export type AskedEdit = z.output<typeof editSchema>
