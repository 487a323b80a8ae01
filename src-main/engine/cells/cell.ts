import type { Activation, Lengths, Ops, Sequence, Tensor, Tokens } from '../backends/backend'

/** What enters a layer at every step: one-hot tokens, or vectors. */
export type LayerInput =
  | { kind: 'tokens'; tokens: Tokens; vocabulary: number }
  | { kind: 'values'; values: Sequence }

/** What reaches a layer from above: ∂L/∂h_t for every step, or ∂L/∂h at each sequence's end alone. */
export type LayerGradient =
  | { kind: 'every-step'; outputs: Sequence }
  | { kind: 'final'; state: Tensor }

export interface LayerArguments {
  ops: Ops
  input: LayerInput
  /** By PyTorch's names without layer suffix: `weight_ih`, `weight_hh`, `bias_ih`, `bias_hh`. */
  weights: (name: CellWeight) => Tensor
  /** The state before the first step, in the order of `Cell.states`, each [batch, hidden]. */
  initial: readonly Tensor[]
  lengths: Lengths
  activation: Activation
  steps: number
  batch: number
  hidden: number
}

export type CellWeight = 'weight_ih' | 'weight_hh' | 'bias_ih' | 'bias_hh'

export interface LayerForward {
  /** h_1 … h_T, [steps, batch, hidden]; past a row's end its last state goes on. */
  outputs: Sequence
  /** The state after the last step, in the order of `Cell.states`: that of each row's own end. */
  final: readonly Tensor[]
  /** Backpropagation through the steps of this layer. */
  backward(gradient: LayerGradient, options: { needsInput: boolean }): LayerBackward
}

export interface LayerBackward {
  weights: Record<CellWeight, Tensor>
  /** ∂L/∂x_t, [steps, batch, inputSize]; null unless asked for. */
  input: Sequence | null
}

/** A recurrent cell over a whole layer in time: forward, and the backward that belongs to it, in one file a cell. */
export interface Cell {
  /** What is carried from step to step: Elman and GRU `h`, LSTM `h` and `c`. */
  readonly states: readonly string[]
  forward(layer: LayerArguments): LayerForward
}
