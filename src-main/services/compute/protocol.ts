import type { ModelSpec } from '@shared/experiment/schema'
import type { GradientFlowLine, Metric, RunWarning } from '@shared/metrics'
import type { DecodeArguments, DecodedSequence } from '../../engine/generate/decode-sequences'
import type { ForecastArguments, Forecasts } from '../../engine/generate/forecast'
import type { PreparedData } from '../../engine/training/prepared-data'
import type { Checkpoint, SessionEnd, SessionOptions, SessionPlan, Weights } from '../../engine/training/types'
import type { EvaluateArguments, EvaluatedPart } from '../figures/evaluate-parts'
import type { LookArguments, LookName, LookResult } from '../inspect/looks'

/**
 * What a compute worker answers to. One protocol, two homes: a Node worker thread, or the dedicated Worker of the
 * desktop's hidden window. Over a Port, with birpc; errors cross as ErrorEnvelope.
 */
export interface ComputeApi {
  describe(): Promise<ComputeDescription>
  /** Makes the session that the other training calls speak of; an earlier one is disposed of. */
  prepare(options: SessionOptions): Promise<SessionPlan>
  time(steps: number): Promise<number>
  run(): Promise<SessionEnd>
  pause(): Promise<void>
  resume(): Promise<void>
  stop(): Promise<void>
  weights(): Promise<Weights>
  /** The executor of the training program, e.g. "wasm-simd" or "fused-encoder"; null before the first step. */
  executor(): Promise<string | null>

  // Without a session: one forward pass over given weights.
  /** h_t for every step of one sequence, [steps, hidden], and the outputs y_t, [steps, outputSize]. */
  trace(args: { model: ModelSpec; inputSize: number; outputSize: number; weights: Weights; input: TraceInput }): Promise<{ hidden: Float32Array; output: Float32Array }>
  /** Samples tokens after a prompt. */
  sample(args: { model: ModelSpec; vocabulary: number; weights: Weights; prompt: Int32Array; length: number; temperature: number; seed: number }): Promise<{ tokens: Int32Array; logProbabilities: Float32Array }>
  /** What an encoder and decoder make of each source. */
  decode(args: DecodeArguments): Promise<DecodedSequence[]>
  /** Warms the state on a history, then goes on, its own outputs standing in for what is not known (engine/generate/forecast.ts). */
  forecast(args: ForecastArguments): Promise<Forecasts>
  /** The last output of each sequence, for last-step models. */
  predict(args: { model: ModelSpec; inputSize: number; outputSize: number; weights: Weights; data: PreparedData; count: number }): Promise<Float32Array>
  /** The figures of held-out parts under given weights; `data` null: the session's. */
  evaluate(args: Omit<EvaluateArguments, 'data'> & { data: PreparedData | null }): Promise<EvaluatedPart[]>

  /** Looks inside a network (services/inspect/looks.ts); `task` is the caller's name for the call. */
  look<K extends LookName>(task: string, what: K, args: LookArguments<K>): Promise<LookResult<K>>
  /** Gives a look up; its call fails with `inspect.cancelled`. */
  cancelLook(task: string): Promise<void>
}

export type TraceInput =
  | { kind: 'tokens'; tokens: Int32Array }
  | { kind: 'values'; values: Float32Array }

export interface ComputeDescription {
  kind: 'cpu' | 'gpu'
  /** For people: "WebAssembly SIMD", "WebGPU (SwiftShader)". */
  description: string
}

/** What a compute worker tells without being asked. */
export interface ComputeEvents {
  /** At most 20 times a second. */
  metrics(metrics: Metric[]): void
  /** How the gradient goes back through time, every `training.gradientFlowEvery` steps. */
  gradientFlow?(line: GradientFlowLine): void
  /** What went wrong without ending the run. */
  warning?(warning: RunWarning): void
  /** Answered when it is on disk; training waits. */
  checkpoint(checkpoint: Checkpoint, reason: 'best' | 'periodic' | 'final'): Promise<void>
  /** How far a look is, at most 20 times a second. */
  progress?(task: string, done: number, total: number): void
}
