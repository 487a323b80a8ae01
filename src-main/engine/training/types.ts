import type { Experiment } from '@shared/experiment/schema'
import type { GradientFlowLine, Metric, RunWarning } from '@shared/metrics'
import type { UnitMeasure } from '../metrics/unit-errors'
import type { PlateauState } from '../schedules/schedule'
import type { PreparedData } from './prepared-data'

/** Tensors by PyTorch's names. */
export type Weights = Record<string, { shape: number[]; data: Float32Array }>

/** Everything that resuming bit-exactly needs. */
export interface Checkpoint {
  weights: Weights
  /** `<parameter>.velocity` (SGD), `<parameter>.first`, `<parameter>.second` (Adam), `<parameter>.square`, `<parameter>.buffer` (RMSprop). */
  optimizer: Weights
  /** The carried state (h, LSTM also c) [batch, hidden] of each layer at this point; null where none is carried. */
  carried: Weights | null
  progress: {
    step: number
    epoch: number
    /** Batches of this epoch already done. */
    batchInEpoch: number
    /** Training time so far, pauses left out. */
    elapsedMs: number
    /** State of the shuffling random generator at the start of this epoch. */
    random: number[]
    best: { step: number; loss: number } | null
    /** Validations in a row that brought no new best; 0 when absent. */
    unimproved?: number
    /** Whether the validation of this step is still to come: the run was stopped before or in it. */
    validationDue?: boolean
    /** What a plateau schedule remembers. */
    schedule?: PlateauState | null
  }
}

export interface SessionOptions {
  experiment: Experiment
  data: PreparedData
  /** Weights to start from; when absent they are drawn by `model.init` and `training.seed`. */
  initial?: Weights
  checkpoint?: Checkpoint
  /** Scale of the first target column, so that `Metric.error` is in the data's own units; 1 when absent. Null: training lines have no error, validation's is worked out by `measure`. */
  unitScale?: number | null
  measure?: UnitMeasure | undefined
}

export interface SessionEvents {
  metric(metric: Metric): void
  /** How the gradient goes back through time, every `gradientFlowEvery` steps; comes before the step's metric. */
  gradientFlow?(line: GradientFlowLine): void
  /** What went wrong without ending the run. */
  warning?(warning: RunWarning): void
  /**
   * 'best': a new best validation loss; 'periodic': every `checkpointEvery` steps; 'final': when the run ends or is
   * stopped or paused. Training goes on only when it has been kept.
   */
  checkpoint(checkpoint: Checkpoint, reason: 'best' | 'periodic' | 'final'): Promise<void>
}

export interface SessionPlan {
  parameters: number
  stepsPerEpoch: number
  totalSteps: number
}

export type SessionEnd = 'done' | 'stopped'

/** One training run on one backend. */
export interface Session {
  readonly plan: SessionPlan
  /** `Program.executor` of the training program; null before the first step. */
  readonly executor: string | null
  /**
   * Trains until the experiment's end, early stopping or `stop()`.
   * @throws UnrollError `numeric.non-finite` with the step, and the time step or the parameter where it began, when the loss
   *         or the gradient stops being a number; the variables then hold the values from before that step
   */
  run(events: SessionEvents): Promise<SessionEnd>
  /** Takes hold before the next step; the step under way is finished. */
  pause(): void
  resume(): void
  /** Ends the run within 100 ms: a step under way is given up, no variable changes. */
  stop(): void
  weights(): Promise<Weights>
  /** Median milliseconds of one step over `steps` steps that leave weights and random state as they were. */
  time(steps: number): Promise<number>
  dispose(): Promise<void>
}
