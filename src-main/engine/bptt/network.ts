import type { ModelSpec, TaskSpec } from '@shared/experiment/schema'
import type { Lengths, Ops, Sequence, Tensor } from '../backends/backend'
import { cellOf } from '../cells'
import type { CellWeight, LayerForward, LayerGradient, LayerInput } from '../cells/cell'

/** The shape of the network's unrolled program: one a batch shape. */
export interface NetworkShape {
  model: ModelSpec
  /** Whether x_t is a token id (one-hot) or a vector. */
  input: 'tokens' | 'values'
  /** Width of x_t; for tokens the vocabulary. */
  inputSize: number
  /** Width of y_t. */
  outputSize: number
  output: Exclude<TaskSpec['output'], 'sequence'>
  /** Unrolled steps. */
  steps: number
  batch: number
}

export interface NetworkForward {
  /** y_t = V h_t + c: [steps, batch, outputSize], or [1, batch, outputSize] for last-step. */
  outputs: Sequence
  /** h_t of the last layer, [steps, batch, hidden]. */
  hidden: Sequence
  /** The state after the last step: a tensor for each layer and each of its cell's states. */
  final: readonly (readonly Tensor[])[]
  /**
   * Backpropagation through time of the whole network.
   * @param gradient ∂L/∂outputs, in the shape of `outputs`
   * @returns ∂L/∂ of every weight, by PyTorch's names
   */
  backward(gradient: Sequence): Map<string, Tensor>
}

const cellWeights: readonly CellWeight[] = ['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh']
const weightName = (kind: CellWeight, layer: number) => `rnn.${kind}_l${layer}`

/**
 * The unrolled network: layers below each other, each a cell over all steps, then the head.
 *   h⁰_t = x_t;  hᵏ_t = cell_k(hᵏ⁻¹_t, hᵏ_{t-1});  y_t = V h_t + c
 * Layers only meet through the sequences between them, so the cell is the one place that knows its equations.
 * @param weights a tensor for every name of `weightSpecs`
 * @param initial the state before the first step, in the form of `final`
 * @param lengths valid steps of each row; packed-sequence meaning
 */
export function forwardNetwork(ops: Ops, shape: NetworkShape, weights: (name: string) => Tensor, initial: readonly (readonly Tensor[])[], input: LayerInput, lengths: Lengths): NetworkForward {
  const { model, steps, batch } = shape
  const cell = cellOf(model)
  const layers: LayerForward[] = []
  let below = input
  for (let layer = 0; layer < model.layers; layer++) {
    const forward = cell.forward({
      ops, input: below, weights: (kind) => weights(weightName(kind, layer)), initial: initial[layer]!,
      lengths, activation: model.activation, steps, batch, hidden: model.hiddenSize,
    })
    layers.push(forward)
    below = { kind: 'values', values: forward.outputs }
  }
  const top = layers.at(-1)!
  const read = shape.output === 'every-step' ? top.outputs : ops.single(top.final[0]!)
  const outputs = ops.affine(read, weights('head.weight'), [weights('head.bias')])

  const backward = (gradient: Sequence): Map<string, Tensor> => {
    const gradients = new Map<string, Tensor>([['head.weight', ops.outerSum(gradient, read)], ['head.bias', ops.biasSum(gradient)]])
    const reaching = ops.affineBackwardInput(gradient, weights('head.weight'))
    let above: LayerGradient = shape.output === 'every-step' ? { kind: 'every-step', outputs: reaching } : { kind: 'final', state: reaching.at(0) }
    for (let layer = layers.length - 1; layer >= 0; layer--) {
      const found = layers[layer]!.backward(above, { needsInput: layer > 0 })
      for (const kind of cellWeights) gradients.set(weightName(kind, layer), found.weights[kind])
      if (found.input) above = { kind: 'every-step', outputs: found.input }
    }
    return gradients
  }
  return { outputs, hidden: top.outputs, final: layers.map(({ final }) => final), backward }
}
