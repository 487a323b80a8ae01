import type { ModelSpec, TaskSpec } from '@shared/experiment/schema'
import type { Weights } from '../training/types'
import type { LookedTargets } from './step-losses'

export interface LookedNetwork {
  model: ModelSpec
  inputSize: number
  outputSize: number
  /** `sequence`: an encoder and a decoder; anything else is read step by step, its head at every step. */
  output: TaskSpec['output']
  weights: Weights
}

/** One sequence; of an encoder and decoder with the tokens the decoder reads, its start token first. */
export interface LookedInput {
  kind: 'tokens' | 'values'
  x: Int32Array | Float32Array
  decoder?: Int32Array | undefined
  /** What should have come out at each step of the last timeline. */
  targets?: LookedTargets | undefined
}
