import type { Activation, Lengths, Ops, Sequence, Tensor, Tokens } from '../backends/backend'
import type { Direction } from './timeline'

/** What enters a layer at every step: one-hot tokens, or vectors. */
export type LayerInput =
  | { kind: 'tokens'; tokens: Tokens; vocabulary: number }
  | { kind: 'values'; values: Sequence }

/**
 * What reaches a layer from above: ∂L/∂h_t for every step, ∂L/∂ of the state after the last step, or both.
 * `outputs` is zero where a row has ended.
 */
export interface LayerGradient {
  outputs: Sequence | null
  /** In the order of `Cell.states`; null where nothing reaches a state. */
  final: readonly (Tensor | null)[]
}

export interface LayerArguments {
  ops: Ops
  input: LayerInput
  /** By PyTorch's names without layer suffix: `weight_ih`, `weight_hh`, `bias_ih`, `bias_hh`. */
  weights: (name: CellWeight) => Tensor
  /** The state before the first step, in the order of `Cell.states`, each [batch, hidden]. */
  initial: readonly Tensor[]
  lengths: Lengths
  activation: Activation
  /** `reverse`: from each row's own last step to its first. */
  direction: Direction
  steps: number
  batch: number
  hidden: number
}

export type CellWeight = 'weight_ih' | 'weight_hh' | 'bias_ih' | 'bias_hh'

export const cellWeights: readonly CellWeight[] = ['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh']

export interface LayerForward {
  /** h_1 … h_T, [steps, batch, hidden]; past a row's end its last state goes on (reverse: its initial state stays). */
  outputs: Sequence
  /** The state after all steps, in the order of `Cell.states`: forward that of each row's own end, in reverse that of its start. */
  final: readonly Tensor[]
  /**
   * What goes on inside, [steps, batch, width], made when called: `h`, LSTM `c`, the gates by their letters (GRU also
   * q = U_n h_{t-1} + b_hn), `Wx` = W x_t and `Uh` = U h_{t-1} without biases, gates beside each other as in the weights.
   */
  inside: Readonly<Record<string, () => Sequence>>
  /** Backpropagation through the steps of this layer. */
  backward(gradient: LayerGradient, options: BackwardOptions): LayerBackward
}

export interface BackwardOptions {
  needsInput: boolean
  needsInitial: boolean
  /** Also ∂L/∂ of the state after every step. */
  needsStates?: boolean
}

export interface LayerBackward {
  /** ∂L/∂ of the weights, computed when called: the inspector has no use for them. */
  weights(): Record<CellWeight, Tensor>
  /** ∂L/∂x_t, [steps, batch, inputSize]; null unless asked for. */
  input: Sequence | null
  /** ∂L/∂ of the state before the first step, in the order of `Cell.states`; null unless asked for. */
  initial: readonly Tensor[] | null
  /**
   * ∂L/∂ of the state after each step, [steps, batch, hidden], in the order of `Cell.states`, along all ways; null unless
   * asked for. Of the cell state c only where a gradient reaches the last one (which may be of zeros).
   */
  states: readonly Sequence[] | null
}

/** A recurrent cell over a whole layer in time: forward, and the backward that belongs to it, in one file a cell. */
export interface Cell {
  /** What is carried from step to step: Elman and GRU `h`, LSTM `h` and `c`. */
  readonly states: readonly string[]
  forward(layer: LayerArguments): LayerForward
}
