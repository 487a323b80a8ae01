import { z } from 'zod'
import { floats } from './floats'
import { idSchema } from './id'

/** Which weights of a run: the session's while it trains and the best after it; the kept files; those of a checkpoint. */
export const whichWeightsSchema = z.union([z.enum(['newest', 'best', 'last']), z.object({ step: z.int().min(0) })])

const position = z.int().min(0)

/** What a network is looked into over. A stretch of a stream is entered a window early, as in training; anything else from a zero state. */
export const lookedInputSchema = z.discriminatedUnion('kind', [
  /** A text of the user's; of pairs the source, with `target` what the decoder reads, else its own answer. */
  z.object({ kind: z.literal('text'), text: z.string().min(1).max(200_000), target: z.string().max(200_000).optional() }),
  /** Steps of the data, counted through all parts. */
  z.object({ kind: z.literal('stretch'), from: position, count: z.int().min(1).max(200_000) }),
  /** One sequence of the data (a record, a recording, a pair), counted through all parts. */
  z.object({ kind: z.literal('record'), index: position }),
])

/** A name for a piece of work that takes a while: `inspect.cancel` ends it, `inspect.progress` tells how far it is. */
export const taskSchema = z.string().min(1).max(64)

export const tensorSchema = z.object({
  /** `h_l0`, `c_l0_reverse`, `Wx_l1`, `y`, `decoder.h_l0`, … (docs/experiment-file.md) */
  name: z.string(),
  /** h c, the gates i f g o / r z n, q (GRU: U_n h + b_hn), Wx, Uh (both without biases), y, embedding, attention. */
  of: z.string(),
  stack: z.enum(['', 'encoder.', 'decoder.']),
  layer: z.number().int().nullable(),
  direction: z.enum(['forward', 'reverse']).nullable(),
  width: z.number().int(),
  steps: z.number().int(),
})

export const timelineSchema = z.object({
  stack: z.enum(['', 'encoder.', 'decoder.']),
  steps: z.number().int(),
  /** What is read at each step: a symbol, a time, a row. */
  labels: z.array(z.string()),
})

export const traceSchema = z.object({
  trace: idSchema,
  runId: idSchema,
  /** The step the weights are from. */
  step: z.number().int(),
  steps: z.number().int(),
  /** One, or the encoder's and the decoder's. */
  timelines: z.array(timelineSchema),
  tensors: z.array(tensorSchema),
  /** What enters at a step: a symbol, or a row of numbers. */
  reads: z.enum(['symbols', 'numbers']),
  /** What each column of x stands for: symbols, or columns of numbers. */
  inputs: z.array(z.string()),
  /** What each column of y stands for. */
  outputs: z.array(z.string()),
  /** The probability given to what really came next (at each step of the last timeline); NaN where nothing did. Null for numbers. */
  surprise: floats.nullable(),
  /** The loss at each step of the last timeline in the run's unit, NaN where there is no target; null without targets. */
  losses: floats.nullable(),
  /** Their mean. */
  loss: z.number().nullable(),
})

export const tensorWindowSchema = z.object({
  from: z.number().int(),
  to: z.number().int(),
  width: z.number().int(),
  /** Steps from..to-1, row-major [steps, width]; null where steps were gathered in buckets. */
  values: floats.nullable(),
  /** Smallest and largest of each bucket of steps, [buckets, width]. */
  buckets: z.object({ size: z.number().int(), least: floats, most: floats }).nullable(),
})

/** Everything at one step: the unrolled view. */
export const momentSchema = z.object({
  step: z.number().int(),
  /** x_t: the token's id, or its numbers as the network reads them. */
  input: z.object({ label: z.string(), token: z.number().int().nullable(), values: floats.nullable() }),
  /** Each tensor at this step, by name, [width]. */
  tensors: z.record(z.string(), floats),
  /** The states before it (in reverse: after it), by name; zero at the start. */
  previous: z.record(z.string(), floats),
  /** b_ih, b_hh of every cell and the head's c, by PyTorch's names. */
  biases: z.record(z.string(), floats),
})

export const weightSchema = z.object({ name: z.string(), shape: z.array(z.number().int()), values: floats })

export const runWeightsSchema = z.object({
  /** Whether a session holds newer weights than any file. */
  live: z.boolean(),
  /** Steps of the files there are; null: no such file. */
  best: z.number().int().nullable(),
  last: z.number().int().nullable(),
  checkpoints: z.array(z.number().int()),
})

export type WhichLooked = z.infer<typeof whichWeightsSchema>
export type LookedInputSpec = z.infer<typeof lookedInputSchema>
export type Trace = z.infer<typeof traceSchema>
export type TensorWindow = z.infer<typeof tensorWindowSchema>
export type Moment = z.infer<typeof momentSchema>
export type RunWeights = z.infer<typeof runWeightsSchema>
