import { z } from 'zod'
import { idSchema } from './id'
import {
  lookedInputSchema, momentSchema, runWeightsSchema, taskSchema, tensorWindowSchema, traceSchema, weightSchema, whichWeightsSchema,
} from './inspect-schemas'
import { method } from './method'

const position = z.int().min(0)
const nothing = z.null()
const trace = idSchema
const tensor = z.string().min(1).max(64)
const task = taskSchema.optional()

/**
 * Inside the network. `open` reads a sequence and keeps its states in a worker; everything else asks about what was opened
 * and fetches only what is on screen. The few traces used last are kept; a call on another fails with `inspect.no-trace`.
 */
export const inspectContract = {
  /** Which weights a run has to look into. */
  'inspect.weights': method(z.object({ id: idSchema }), runWeightsSchema),
  'inspect.open': method(z.object({ id: idSchema, weights: whichWeightsSchema.default('newest'), input: lookedInputSchema, task }), traceSchema),
  'inspect.close': method(z.object({ trace }), nothing),
  /** Steps from..to-1 of a tensor; with `bucket` above 1 the smallest and largest of every so many steps. */
  'inspect.window': method(z.object({ trace, tensor, from: position, to: position, bucket: z.int().min(1).max(100_000).default(1), task }), tensorWindowSchema),
  /** Everything at one step of a timeline. */
  'inspect.moment': method(z.object({ trace, step: position, stack: z.enum(['', 'encoder.', 'decoder.']).default('') }), momentSchema),
  /** A weight of an open trace's network, by PyTorch's name. */
  'inspect.weight': method(z.object({ trace, name: z.string().min(1).max(100) }), weightSchema),
  /** Ends a piece of work under way; it fails with `inspect.cancelled`. */
  'inspect.cancel': method(z.object({ task: taskSchema }), nothing),
} as const

export const inspectEvents = {
  /** At most 20 times a second for each piece of work that was given a name. */
  'inspect.progress': z.object({ task: taskSchema, done: z.number(), total: z.number(), remainingMs: z.number().nullable() }),
} as const
