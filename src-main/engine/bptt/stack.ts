import type { ModelSpec } from '@shared/experiment/schema'
import { directionsOf, type DirectionSpec, type StackSpec } from '@shared/model/weights'
import type { Lengths, Ops, Sequence, Tensor } from '../backends/backend'
import { cellOf } from '../cells'
import { cellWeights, type CellWeight, type LayerForward, type LayerInput } from '../cells/cell'
import type { Dropout } from './dropout'

export interface StackArguments {
  ops: Ops
  model: Pick<ModelSpec, 'cell' | 'activation'>
  spec: StackSpec
  /** A tensor for every name of `weightSpecs`. */
  weights: (name: string) => Tensor
  /** The state before the first step: for each layer and direction (`l0`, `l0_reverse`, `l1`, …) each of its cell's states. */
  initial: readonly (readonly Tensor[])[]
  /** Token ids, embedded where the stack has an embedding, or vectors. */
  input: LayerInput
  lengths: Lengths
  dropout: Dropout
  steps: number
  batch: number
}

/** A cell over all steps, and where in the stack it stands. */
export interface StackCell {
  layer: number
  direction: DirectionSpec
  forward: LayerForward
}

export interface StackForward {
  /** h_t of each layer, [steps, batch, hidden · directions], forward beside reverse. */
  layers: readonly Sequence[]
  /** The state after all steps, in the form of `initial`. */
  final: readonly (readonly Tensor[])[]
  /** Every cell, in the order of `final`. */
  cells: readonly StackCell[]
  /** What the first layer reads where tokens are embedded; null: tokens one-hot, or values as given. */
  embedded: Sequence | null
  /**
   * Backpropagation through time of all layers.
   * @param outputs ∂L/∂h_t of the last layer for every step; null: none
   * @param final   ∂L/∂ of the final states by layer and direction; null where nothing reaches one
   * @returns ∂L/∂ of every weight by name (none with `needsWeights` false), and of the initial states, the first layer's input (embedded or one-hot) and the
   *          states after every step when asked for
   */
  backward(outputs: Sequence | null, final: (index: number) => readonly (Tensor | null)[], options: { needsInitial: boolean; needsInput?: boolean; needsStates?: boolean; needsWeights?: boolean }): StackBackward
}

export interface StackBackward {
  gradients: [string, Tensor][]
  initial: (readonly Tensor[])[]
  input: Sequence | null
  /** Of each cell, in the order of `StackForward.cells`. */
  states: (readonly Sequence[] | null)[]
}

/** One layer: a cell a direction over the same input. */
interface Layer {
  cells: StackCell[]
  outputs: Sequence
  /** What was applied to `outputs` on their way to the next layer. */
  mask: Sequence | null
}

/**
 * Layers above each other, each a cell a direction over all steps; tokens enter one-hot or by their embedding.
 *   h⁰_t = x_t or E[x_t];  hᵏ_t = [cell_k(hᵏ⁻¹_t, hᵏ_{t-1}) | reverse_k(hᵏ⁻¹_t, hᵏ_{t+1})]
 * Layers only meet through the sequences between them, so the cell is the one place that knows its equations.
 */
export function forwardStack(args: StackArguments): StackForward {
  const { ops, model, spec, weights, initial, lengths, dropout, steps, batch } = args
  const { prefix, hiddenSize: hidden } = spec
  const [cell, directions] = [cellOf(model), directionsOf(spec)]
  const weightName = (kind: CellWeight, layer: number, { suffix }: DirectionSpec) => `${prefix}rnn.${kind}_l${layer}${suffix}`
  const embedded = args.input.kind === 'tokens' && spec.embeddingSize !== null ? args.input : null
  const given: LayerInput = embedded ? { kind: 'values', values: ops.gather(embedded.tokens, weights(`${prefix}embedding.weight`)) } : args.input
  const { entering, mask: inputMask } = dropout.input(given)

  const layers: Layer[] = []
  let below = entering
  for (let layer = 0; layer < spec.layers; layer++) {
    const cells = directions.map((direction, index) => ({
      layer, direction,
      forward: cell.forward({
        ops, input: below, weights: (kind) => weights(weightName(kind, layer, direction)), initial: initial[layer * directions.length + index]!,
        lengths, activation: model.activation, direction: direction.name, steps, batch, hidden,
      }),
    }))
    const outputs = sideBySide(ops, cells.map(({ forward }) => forward.outputs))
    const mask = layer + 1 < spec.layers ? dropout.between(layer) : null
    layers.push({ cells, outputs, mask })
    below = { kind: 'values', values: mask ? ops.multiply(outputs, mask) : outputs }
  }

  const backward: StackForward['backward'] = (outputs, final, { needsInitial, needsInput = false, needsStates = false, needsWeights = true }) => {
    const gradients: [string, Tensor][] = []
    const starts: (readonly Tensor[])[] = []
    const states: StackBackward['states'] = []
    let above = outputs
    for (const [layer, { cells, mask }] of [...layers.entries()].reverse()) {
      const arriving = above && mask ? ops.multiply(above, mask) : above
      const towardsInput: Sequence[] = []
      for (const [index, { forward, direction }] of cells.entries()) {
        const at = layer * cells.length + index
        const own = arriving && part(ops, arriving, index, cells.length, hidden)
        const found = forward.backward({ outputs: own, final: final(at) }, { needsInput: layer > 0 || embedded !== null || needsInput, needsInitial, needsStates })
        const weightGradients = needsWeights ? found.weights() : null
        if (weightGradients) for (const kind of cellWeights) gradients.push([weightName(kind, layer, direction), weightGradients[kind]])
        if (found.input) towardsInput.push(found.input)
        if (found.initial) starts[at] = found.initial
        states[at] = found.states
      }
      above = towardsInput.length === 0 ? null : towardsInput.reduce((left, right) => ops.add(left, right))
    }
    if (embedded && above && needsWeights) gradients.push([`${prefix}embedding.weight`, ops.scatterSum(inputMask ? ops.multiply(above, inputMask) : above, embedded.tokens, embedded.vocabulary)])
    return { gradients, initial: starts, input: above, states }
  }
  const cells = layers.flatMap((layer) => layer.cells)
  return { layers: layers.map((layer) => layer.outputs), final: cells.map(({ forward }) => forward.final), cells, embedded: embedded && given.kind === 'values' ? given.values : null, backward }
}

/** Directions beside each other: [T,B,H] each → [T,B,H·directions]. */
export const sideBySide = (ops: Ops, sequences: readonly Sequence[]): Sequence => sequences.reduce((left, right) => ops.concat(left, right))

/** What belongs to one of `count` parts of `width` columns. */
export const part = (ops: Ops, whole: Sequence, index: number, count: number, width: number): Sequence =>
  (count === 1 ? whole : ops.columns(whole, index * width, (index + 1) * width))
