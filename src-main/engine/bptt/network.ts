import type { ModelSpec, TaskSpec } from '@shared/experiment/schema'
import { directionsOf, type DirectionSpec } from '@shared/model/weights'
import type { Lengths, Ops, Sequence, Tensor } from '../backends/backend'
import { cellOf } from '../cells'
import { cellWeights, type CellWeight, type LayerForward, type LayerGradient, type LayerInput } from '../cells/cell'
import { noDropout, type Dropout } from './dropout'

/** The shape of the network's unrolled program: one a batch shape. */
export interface NetworkShape {
  model: ModelSpec
  /** Whether x_t is a token id (one-hot or embedded) or a vector. */
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
  /** h_t of each layer, [steps, batch, hidden · directions], forward beside reverse; the last is the one the head reads. */
  layers: readonly Sequence[]
  /** The state after all steps: for each layer and direction (`l0`, `l0_reverse`, `l1`, …) each of its cell's states. */
  final: readonly (readonly Tensor[])[]
  /**
   * Backpropagation through time of the whole network.
   * @param gradient ∂L/∂outputs, in the shape of `outputs`
   * @returns ∂L/∂ of every weight, by PyTorch's names
   */
  backward(gradient: Sequence): Map<string, Tensor>
}

/** One layer: a cell a direction over the same input. */
interface Layer {
  cells: { forward: LayerForward; direction: DirectionSpec }[]
  outputs: Sequence
  /** What was applied to `outputs` on their way to the next layer. */
  mask: Sequence | null
}

const weightName = (kind: CellWeight, layer: number, { suffix }: DirectionSpec) => `rnn.${kind}_l${layer}${suffix}`

/**
 * The unrolled network: an embedding or one-hot tokens, layers above each other, each a cell a direction over all steps,
 * then the head.
 *   h⁰_t = x_t or E[x_t];  hᵏ_t = [cell_k(hᵏ⁻¹_t, hᵏ_{t-1}) | reverse_k(hᵏ⁻¹_t, hᵏ_{t+1})];  y_t = V h_t + c
 *   last-step: y = V [h at the row's own end | h of the reverse direction at its start] + c
 * Layers only meet through the sequences between them, so the cell is the one place that knows its equations.
 * @param weights a tensor for every name of `weightSpecs`
 * @param initial the state before the first step, in the form of `final`
 * @param lengths valid steps of each row; packed-sequence meaning
 */
export function forwardNetwork(
  ops: Ops, shape: NetworkShape, weights: (name: string) => Tensor, initial: readonly (readonly Tensor[])[], input: LayerInput, lengths: Lengths, dropout: Dropout = noDropout,
): NetworkForward {
  const { model, steps, batch } = shape
  const [cell, directions, hidden] = [cellOf(model), directionsOf(model), model.hiddenSize]
  const embedded: LayerInput = input.kind === 'tokens' && model.embeddingSize !== null
    ? { kind: 'values', values: ops.gather(input.tokens, weights('embedding.weight')) }
    : input
  const { entering, mask: inputMask } = dropout.input(embedded)

  const layers: Layer[] = []
  let below = entering
  for (let layer = 0; layer < model.layers; layer++) {
    const cells = directions.map((direction, index) => ({
      direction,
      forward: cell.forward({
        ops, input: below, weights: (kind) => weights(weightName(kind, layer, direction)), initial: initial[layer * directions.length + index]!,
        lengths, activation: model.activation, direction: direction.name, steps, batch, hidden,
      }),
    }))
    const outputs = sideBySide(ops, cells.map(({ forward }) => forward.outputs))
    const mask = layer + 1 < model.layers ? dropout.between(layer) : null
    layers.push({ cells, outputs, mask })
    below = { kind: 'values', values: mask ? ops.multiply(outputs, mask) : outputs }
  }
  const top = layers.at(-1)!
  const read = shape.output === 'every-step' ? top.outputs : sideBySide(ops, top.cells.map(({ forward }) => ops.single(forward.final[0]!)))
  const outputs = ops.affine(read, weights('head.weight'), [weights('head.bias')])

  const backward = (gradient: Sequence): Map<string, Tensor> => {
    const gradients = new Map<string, Tensor>([['head.weight', ops.outerSum(gradient, read)], ['head.bias', ops.biasSum(gradient)]])
    const embeds = embedded !== input
    let reaching: Sequence | null = ops.affineBackwardInput(gradient, weights('head.weight'))
    for (let layer = layers.length - 1; layer >= 0; layer--) {
      const { cells, mask } = layers[layer]!
      const above: Sequence = mask ? ops.multiply(reaching!, mask) : reaching!
      const atEnd = layer === layers.length - 1 && shape.output === 'last-step'
      const towardsInput: Sequence[] = []
      for (const [index, { forward, direction }] of cells.entries()) {
        const own = cells.length === 1 ? above : ops.columns(above, index * hidden, (index + 1) * hidden)
        const arriving: LayerGradient = atEnd ? { outputs: null, final: [own.at(0)] } : { outputs: own, final: [] }
        const found = forward.backward(arriving, { needsInput: layer > 0 || embeds, needsInitial: false })
        for (const kind of cellWeights) gradients.set(weightName(kind, layer, direction), found.weights[kind])
        if (found.input) towardsInput.push(found.input)
      }
      reaching = towardsInput.length === 0 ? null : towardsInput.reduce((left, right) => ops.add(left, right))
    }
    if (embeds && reaching && input.kind === 'tokens') {
      gradients.set('embedding.weight', ops.scatterSum(inputMask ? ops.multiply(reaching, inputMask) : reaching, input.tokens, input.vocabulary))
    }
    return gradients
  }
  return { outputs, layers: layers.map((layer) => layer.outputs), final: layers.flatMap(({ cells }) => cells.map(({ forward }) => forward.final)), backward }
}

const sideBySide = (ops: Ops, sequences: readonly Sequence[]): Sequence => sequences.reduce((left, right) => ops.concat(left, right))
