import type { ModelSpec, TaskSpec } from '@shared/experiment/schema'
import { directionsOf, stacksOf } from '@shared/model/weights'
import type { Lengths, Ops, Sequence, Tensor } from '../backends/backend'
import type { LayerInput } from '../cells/cell'
import { noDropout, type Dropout } from './dropout'
import { forwardStack, part, sideBySide, type StackBackward, type StackForward } from './stack'

/** The shape of the network's unrolled program: one a batch shape. */
export interface NetworkShape {
  model: ModelSpec
  /** Whether x_t is a token id (one-hot or embedded) or a vector. */
  input: 'tokens' | 'values'
  /** Width of x_t; for tokens the vocabulary. */
  inputSize: number
  /** Width of y_t. */
  outputSize: number
  output: TaskSpec['output']
  /** Unrolled steps; of the encoder for `sequence`. */
  steps: number
  /** Unrolled steps of the decoder; `sequence` only. */
  targetSteps?: number
  batch: number
}

export interface NetworkForward {
  /** y_t = V h_t + c: [steps, batch, outputSize], or [1, batch, outputSize] for last-step. */
  outputs: Sequence
  /** h_t of each layer, [steps, batch, hidden · directions], forward beside reverse; the last is the one the head reads. */
  layers: readonly Sequence[]
  /** The state after all steps: for each layer and direction (`l0`, `l0_reverse`, `l1`, …) each of its cell's states. */
  final: readonly (readonly Tensor[])[]
  stack: StackForward
  /**
   * Backpropagation through time of the whole network.
   * @param gradient ∂L/∂outputs, in the shape of `outputs`
   * @returns ∂L/∂ of every weight, by PyTorch's names
   */
  backward(gradient: Sequence): Map<string, Tensor>
  /** The same on its way back through time, for the inspector: also ∂L/∂ of the first layer's input and of every state. */
  lookBack(gradient: Sequence): StackBackward
}

/**
 * The unrolled network: one stack of layers, then the head.
 *   y_t = V h_t + c;  last-step: y = V [h at the row's own end | h of the reverse direction at its start] + c
 * @param weights a tensor for every name of `weightSpecs`
 * @param initial the state before the first step, in the form of `final`
 * @param lengths valid steps of each row; packed-sequence meaning
 */
export function forwardNetwork(
  ops: Ops, shape: NetworkShape, weights: (name: string) => Tensor, initial: readonly (readonly Tensor[])[], input: LayerInput, lengths: Lengths, dropout: Dropout = noDropout,
): NetworkForward {
  const { model, inputSize, outputSize, steps, batch } = shape
  const [spec] = stacksOf(model, inputSize, outputSize, 'every-step')
  const stack = forwardStack({ ops, model, spec: spec!, weights, initial, input, lengths, dropout, steps, batch })
  const lastStep = shape.output === 'last-step'
  const directions = directionsOf(model).length
  // Top layer's directions are the last entries of the final states.
  const read = lastStep ? sideBySide(ops, stack.final.slice(-directions).map(([h]) => ops.single(h!))) : stack.layers.at(-1)!
  const outputs = ops.affine(read, weights('head.weight'), [weights('head.bias')])

  const throughStack = (gradient: Sequence, looking: boolean): StackBackward => {
    const reaching = ops.affineBackwardInput(gradient, weights('head.weight'))
    const first = stack.final.length - directions
    const final = (index: number) => (lastStep && index >= first ? [part(ops, reaching, index - first, directions, model.hiddenSize).at(0)] : [])
    return stack.backward(lastStep ? null : reaching, final, { needsInitial: false, needsInput: looking, needsStates: looking, needsWeights: !looking })
  }
  const backward = (gradient: Sequence): Map<string, Tensor> => {
    const head: [string, Tensor][] = [['head.weight', ops.outerSum(gradient, read)], ['head.bias', ops.biasSum(gradient)]]
    return new Map([...head, ...throughStack(gradient, false).gradients])
  }
  return { outputs, layers: stack.layers, final: stack.final, stack, backward, lookBack: (gradient) => throughStack(gradient, true) }
}
