import { z } from 'zod'
import { count } from './data/keys'

const learningRate = z.number().positive().max(100)
const beta = z.number().min(0).lt(1)
const weightDecay = z.number().min(0).default(0)

export const optimizerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('sgd'), learningRate, momentum: beta.default(0), nesterov: z.boolean().default(false), weightDecay }),
  z.object({ kind: z.literal('adam'), learningRate, betas: z.tuple([beta, beta]).default([0.9, 0.999]), epsilon: z.number().positive().default(1e-8), weightDecay }),
  z.object({ kind: z.literal('adamw'), learningRate, betas: z.tuple([beta, beta]).default([0.9, 0.999]), epsilon: z.number().positive().default(1e-8), weightDecay }),
  z.object({ kind: z.literal('rmsprop'), learningRate, alpha: beta.default(0.99), epsilon: z.number().positive().default(1e-8), momentum: beta.default(0), weightDecay }),
])

/** Steps over which the rate first rises evenly from η/warmupSteps to η; the schedule counts from their end. */
const warmupSteps = z.int().min(0).default(0)
const scheduleFactor = z.number().positive().max(1)

/**
 * How the learning rate η goes, at step s counted from 0 after the warm-up:
 *   constant     η
 *   step         η · factor^⌊s / every⌋, `every` in steps
 *   exponential  η · factor^s, or with `per` epoch η · factor^(epochs done)
 *   cosine       minimum + (η − minimum) · (1 + cos(π s / totalSteps)) / 2; totalSteps: those of the run unless set
 *   plateau      η · factor for each time that more than `patience` validations in a row did not bring the loss 1e-4 (of
 *                itself) below the best
 */
export const scheduleSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('constant'), warmupSteps }),
  z.object({ kind: z.literal('step'), every: count, factor: scheduleFactor.default(0.1), warmupSteps }),
  z.object({ kind: z.literal('exponential'), factor: scheduleFactor, per: z.enum(['step', 'epoch']).default('epoch'), warmupSteps }),
  z.object({ kind: z.literal('cosine'), totalSteps: count.nullable().default(null), minimum: z.number().min(0).default(0), warmupSteps }),
  z.object({ kind: z.literal('plateau'), patience: z.int().min(0).default(10), factor: scheduleFactor.default(0.1), warmupSteps }),
])

export const trainingSchema = z.object({
  /** Truncation length of backpropagation through time on streams, in steps. */
  window: z.int().min(1).max(100_000).default(64),
  /** The hidden state flows from window to window; its gradient does not. */
  carryState: z.boolean().default(true),
  batchSize: z.int().min(1).max(65_536).default(32),
  shuffle: z.boolean().default(true),
  /**
   * Of encoder and decoder only: the share of batches in which the decoder reads the target's tokens; in the others it reads
   * its own most likely ones (Williams & Zipser 1989; Bengio et al. 2015).
   */
  teacherForcing: z.number().min(0).max(1).default(1),
  seed: z.int().min(0).max(2 ** 31 - 1).default(1),
  epochs: z.int().min(1).max(1_000_000).default(10),
  maxSteps: z.int().min(1).nullable().default(null),
  optimizer: optimizerSchema.default({ kind: 'adam', learningRate: 0.001, betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0 }),
  /** Global L2 norm that the gradient is scaled down to; null: off. */
  clipNorm: z.number().positive().nullable().default(1),
  /** Each element of the gradient is brought into ±clipValue, before its norm is clipped; null: off. */
  clipValue: z.number().positive().nullable().default(null),
  schedule: scheduleSchema.default({ kind: 'constant', warmupSteps: 0 }),
  /** Ends the run when this many validations in a row brought no new best loss. The best weights are kept in any case. */
  earlyStopping: z.object({ patience: count }).nullable().default(null),
  /** Steps between two checkpoints. */
  checkpointEvery: z.int().min(1).default(500),
  /** Steps between two looks at the validation part; null: once an epoch and every checkpoint. */
  validateEvery: z.int().min(1).nullable().default(null),
  /** Steps between two looks at how the gradient goes back through time; null: none. A look costs less than a step. */
  gradientFlowEvery: z.int().min(1).nullable().default(100),
})
