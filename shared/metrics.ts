import { z } from 'zod'

/** Further figures of a whole part, where its task has them (src-main/engine/metrics has the equations). */
const scores = {
  /** Classification: mean of the classes' recalls, and of their F1. */
  balancedAccuracy: z.number().optional(),
  f1: z.number().optional(),
  /** Regression, first target column: root mean squared error in its own units; MASE; sMAPE in percent. */
  rmse: z.number().optional(),
  mase: z.number().optional(),
  smape: z.number().optional(),
  /** Sequences: share given exactly; mean Levenshtein distance in symbols. */
  exactMatch: z.number().optional(),
  editDistance: z.number().optional(),
}

/** One line of metrics.jsonl. Keys are a fixed contract (docs/experiment-file.md). */
export const metricSchema = z.object({
  step: z.int().min(0),
  epoch: z.int().min(0),
  split: z.enum(['train', 'validation', 'test']),
  /** Mean over the batch (train) or over the whole part (validation, test): nats, or squared scaled units. */
  loss: z.number(),
  /** Classification: share of right answers. */
  accuracy: z.number().optional(),
  /** Regression: mean absolute error in the data's own units (first target column's). */
  error: z.number().optional(),
  ...scores,
  /** Global L2 norm before clipping; on training lines. */
  gradNorm: z.number().optional(),
  /**
   * On training lines of steps at which the gradient flow was looked at, of the last layer: steps back until
   * ‖∂h_T/∂h_t‖_F / √H has fallen to 1/e (the time constant of an exponential decay), and what is left of it at the first step.
   */
  gradReach: z.number().optional(),
  gradThrough: z.number().optional(),
  learningRate: z.number().optional(),
  tokensPerSecond: z.number().optional(),
  stepsPerSecond: z.number().optional(),
  /** Milliseconds of training so far, pauses left out. */
  elapsedMs: z.number().optional(),
})
export type Metric = z.infer<typeof metricSchema>

/** One line of gradient-flow.jsonl: how the gradient goes back through time at one step of training (docs/experiment-file.md). */
export const gradientFlowLineSchema = z.object({
  step: z.int().min(0),
  epoch: z.int().min(0),
  /** Steps back, rising from 0; from 32 on with gaps. */
  lags: z.array(z.int().min(0)),
  /**
   * By state (`h_l0`, `c_l0`, `h_l1_reverse`, `decoder.h_l0`, …): ‖∂h_T/∂h_{T−k}‖_F / √H at each lag k, through the layer's own
   * recurrence; shorter than `lags` where its sequences are, null where it overflowed.
   */
  flow: z.record(z.string(), z.array(z.number().nullable())),
})
export type GradientFlowLine = z.infer<typeof gradientFlowLineSchema>

export const runStateSchema = z.enum(['preparing', 'running', 'paused', 'stopping', 'done', 'stopped', 'failed', 'interrupted'])
export type RunState = z.infer<typeof runStateSchema>

/** What went wrong on a run's way without ending it; a run has each code once. */
export const runWarningSchema = z.object({
  code: z.string(),
  /** The step after which it came. */
  step: z.int().min(0),
  message: z.string(),
  hint: z.string().optional(),
})
export type RunWarning = z.infer<typeof runWarningSchema>

/** A trivial model on the same split: what the network has to beat. */
export const baselineSchema = z.object({
  name: z.string(),
  /** One sentence: what it does. */
  description: z.string(),
  /** In the unit of the run's loss, on the validation part. */
  loss: z.number(),
  accuracy: z.number().optional(),
  error: z.number().optional(),
  ...scores,
})
export type Baseline = z.infer<typeof baselineSchema>
