import { z } from 'zod'
import { idSchema } from './id'
import { correlateRequestSchema, correlationsSchema, probeRequestSchema, probeSchema, propertyRequestSchema, propertySchema } from './inspect-meaning-schemas'
import { followedSchema, gradientFlowSchema, inputGradientsSchema, occlusionSchema } from './inspect-memory-schemas'
import {
  lookedInputSchema, momentSchema, runWeightsSchema, taskSchema, tensorWindowSchema, traceSchema, weightSchema, whichWeightsSchema,
} from './inspect-schemas'
import {
  cellPlaceSchema, editSchema, eigenSchema, fixedPointsRequestSchema, fixedPointsSchema, spaceRequestSchema, spaceSchema, spectrumSchema, unitMatchesSchema, unitSweepSchema,
} from './inspect-space-schemas'
import {
  matchesSchema, newPatternSchema, patternSchema, savedPatternSchema, selectionSchema, storeRequestSchema, storeSchema, thresholdSchema,
} from './inspect-store-schemas'
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
  /** Steps from..to-1 of a tensor (`x`: what was read, token ids or numbers, always step by step); with `bucket` above 1 the smallest and largest of every so many steps. */
  'inspect.window': method(z.object({ trace, tensor, from: position, to: position, bucket: z.int().min(1).max(100_000).default(1), task }), tensorWindowSchema),
  /** Everything at one step of a timeline. */
  'inspect.moment': method(z.object({ trace, step: position, stack: z.enum(['', 'encoder.', 'decoder.']).default('') }), momentSchema),
  /** A weight of an open trace's network, by PyTorch's name. */
  'inspect.weight': method(z.object({ trace, name: z.string().min(1).max(100) }), weightSchema),
  /** Gathers one tensor over the whole data, or a part of it, for matching: kept in memory until another takes its place. */
  'inspect.store': method(storeRequestSchema.extend({ task }), storeSchema),
  'inspect.closeStore': method(z.object({ store: idSchema }), nothing),
  /** The units on throughout steps from..to-1 of a trace; `before`, `after`: only those off just before, just after. */
  'inspect.select': method(z.object({
    trace, tensor, from: position, to: position, threshold: thresholdSchema.default(0.3),
    before: z.boolean().default(false), after: z.boolean().default(false), signs: z.enum(['positive', 'both']).default('positive'),
  }), selectionSchema),
  /** The places in a store with the same units on, ranked by largest intersection, smallest union or longest. */
  'inspect.match': method(z.object({
    store: idSchema, pattern: patternSchema, rank: z.enum(['intersection', 'union', 'length']).default('intersection'),
    /** Steps a place must last. */
    least: z.int().min(1).max(100_000).default(1), limit: z.int().min(1).max(1000).default(50), context: z.int().min(0).max(500).default(20), task,
  }), matchesSchema),
  'inspect.patterns': method(z.object({ id: idSchema }), z.array(savedPatternSchema)),
  'inspect.savePattern': method(z.object({ id: idSchema, pattern: newPatternSchema }), savedPatternSchema),
  'inspect.notePattern': method(z.object({ id: idSchema, pattern: idSchema, note: z.string().max(10_000) }), savedPatternSchema),
  'inspect.removePattern': method(z.object({ id: idSchema, pattern: idSchema }), nothing),
  /** How the gradient goes back through a layer's own recurrence, from the last of steps from..to-1 (at most 512). */
  'inspect.flow': method(z.object({
    trace, from: position, to: position, layer: z.int().min(0).default(0), direction: z.enum(['forward', 'reverse']).default('forward'),
    stack: z.enum(['', 'encoder.', 'decoder.']).default(''), task,
  }), gradientFlowSchema),
  /** How outputs depend on the inputs and states before them: of every output of the stretch, or of the steps named. */
  'inspect.gradients': method(z.object({ trace, from: position, to: position, steps: z.array(position).min(1).max(512).nullable().default(null), followed: followedSchema.default({ kind: 'target' }), task }), inputGradientsSchema),
  /** The stretch read again without each of its inputs in turn. */
  'inspect.occlusion': method(z.object({ trace, from: position, to: position, filling: z.enum(['zero', 'mean']).default('mean'), task }), occlusionSchema),
  /** Pearson's r of every unit with character classes, depths, positions, labels, columns. */
  'inspect.correlate': method(correlateRequestSchema.extend({ task }), correlationsSchema),
  /** A linear read-out of a feature from a tensor, its score on rows held out beside that of guessing. */
  'inspect.probe': method(probeRequestSchema.extend({ task }), probeSchema),
  /** A feature at each step of a trace's sequence. */
  'inspect.property': method(propertyRequestSchema, propertySchema),
  /** States as points in two or three dimensions: of the data, of a trace as a trajectory, or both in one picture. */
  'inspect.space': method(spaceRequestSchema.extend({ task }), spaceSchema),
  /** States that a cell leaves where they are under an input held still, and how they draw states in or push them away. */
  'inspect.fixedPoints': method(fixedPointsRequestSchema.extend({ task }), fixedPointsSchema),
  /** Eigenvalues of a cell's Jacobian at a step: ∂(state after it)/∂(state before it). */
  'inspect.jacobian': method(cellPlaceSchema.extend({ step: position, task }), eigenSchema),
  /** Eigenvalues of U, gate by gate. */
  'inspect.spectrum': method(cellPlaceSchema.extend({ task }), spectrumSchema),
  /** Units of a tensor in an order that puts like beside like, or those that vary most first; over steps from..to-1, null: all. */
  'inspect.order': method(z.object({ trace, tensor, by: z.enum(['clustering', 'variance']).default('clustering'), from: position.default(0), to: position.nullable().default(null), task }), z.object({ order: z.array(z.number().int()) })),
  /** The same sequence with units or gates held, weights or inputs changed: a trace of its own beside the first. */
  'inspect.ablate': method(z.object({
    trace,
    /** An earlier answer about the same trace, whose place the new one takes: faster than another beside it. */
    into: trace.optional(),
    edits: z.array(editSchema).min(1).max(10_000), task,
  }), traceSchema),
  /** The loss and the outputs with each unit of a cell silenced in turn. */
  'inspect.sweep': method(z.object({ trace, cell: tensor, task }), unitSweepSchema),
  /** Which unit of a second trace goes with each of a first one over the same sequence (two checkpoints, two runs). */
  'inspect.compare': method(z.object({ first: trace, second: trace, tensor, other: tensor.optional(), from: position.default(0), to: position.nullable().default(null), task }), unitMatchesSchema),
  /** Ends a piece of work under way; it fails with `inspect.cancelled`. */
  'inspect.cancel': method(z.object({ task: taskSchema }), nothing),
} as const

export const inspectEvents = {
  /** At most 20 times a second for each piece of work that was given a name. */
  'inspect.progress': z.object({ task: taskSchema, done: z.number(), total: z.number(), remainingMs: z.number().nullable() }),
} as const
