import { directionsOf, hiddenWidth, stacksOf } from '@shared/model/weights'
import type { Lengths, Ops, Sequence, Tensor, Tokens } from '../backends/backend'
import { noDropout, type Dropout } from './dropout'
import type { NetworkShape } from './network'
import { forwardStack, part, sideBySide, type StackBackward, type StackForward } from './stack'

type States = readonly (readonly Tensor[])[]

export interface PairArguments {
  ops: Ops
  shape: NetworkShape
  weights: (name: string) => Tensor
  /** Zero states of the encoder. */
  initial: States
  source: Tokens
  /** Valid steps of each source. */
  lengths: Lengths
  /** What the decoder reads: the start token, then the target's (or its own) tokens, one step late. */
  decoder: Tokens
  targetLengths: Lengths
  dropout?: { encoder: Dropout; decoder: Dropout }
}

export interface PairForward {
  /** Logits of the target's tokens, [targetSteps, batch, outputSize]. */
  outputs: Sequence
  /** Hidden states of each layer of the encoder and of the decoder. */
  encoder: readonly Sequence[]
  decoder: readonly Sequence[]
  /** How much each target step reads each source step, [targetSteps, batch, steps]; null without attention. */
  attention: Sequence | null
  stacks: { encoder: StackForward; decoder: StackForward }
  backward(gradient: Sequence): Map<string, Tensor>
  /** On its way back through time, for the inspector: also ∂L/∂ of what both read and of every state. */
  lookBack(gradient: Sequence): { encoder: StackBackward; decoder: StackBackward }
}

/** The encoder's final states as the decoder's first: for each layer the directions beside each other. */
export function decoderStart(ops: Ops, { model }: Pick<NetworkShape, 'model'>, final: States): States {
  const directions = directionsOf(model).length
  if (directions === 1) return final
  return Array.from({ length: model.layers }, (_, layer) => {
    const own = final.slice(layer * directions, (layer + 1) * directions)
    return own[0]!.map((_state, index) => sideBySide(ops, own.map((states) => ops.single(states[index]!))).at(0))
  })
}

export function encode({ ops, shape, weights, initial, source, lengths, dropout }: Omit<PairArguments, 'decoder' | 'targetLengths'>): StackForward {
  const { model, inputSize, outputSize, steps, batch } = shape
  const spec = stacksOf(model, inputSize, outputSize, 'sequence')[0]!
  return forwardStack({ ops, model, spec, weights, initial, input: { kind: 'tokens', tokens: source, vocabulary: inputSize }, lengths, dropout: dropout?.encoder ?? noDropout, steps, batch })
}

/**
 * The decoder over its steps, from a given start.
 *   without attention: y_t = V h_t + c
 *   with (Luong et al. 2015, dot score): α_ts = softmax_s(h_t · k_s), a_t = Σ_s α_ts k_s, y_t = V [h_t | a_t] + c;
 *   k_s are the last layer's states of the encoder
 */
export function decode(args: Pick<PairArguments, 'ops' | 'shape' | 'weights' | 'lengths' | 'decoder' | 'targetLengths' | 'dropout'> & { start: States; keys: Sequence | null; steps: number }) {
  const { ops, shape, weights, lengths, decoder, targetLengths, dropout, start, keys, steps } = args
  const { model, inputSize, outputSize, batch } = shape
  const spec = stacksOf(model, inputSize, outputSize, 'sequence')[1]!
  const stack = forwardStack({ ops, model, spec, weights, initial: start, input: { kind: 'tokens', tokens: decoder, vocabulary: outputSize }, lengths: targetLengths, dropout: dropout?.decoder ?? noDropout, steps, batch })
  const top = stack.layers.at(-1)!
  const attended = keys && ops.attend({ queries: top, keys, lengths })
  const read = attended ? ops.concat(top, attended.context) : top
  return { stack, top, attended, read, outputs: ops.affine(read, weights('head.weight'), [weights('head.bias')]) }
}

/**
 * Encoder and decoder: the encoder reads the source, its final states are the decoder's first, and the decoder predicts
 * each token of the target from those before it.
 * @see Sutskever, Vinyals & Le 2014; Cho et al. 2014; attention: Luong, Pham & Manning 2015
 */
export function forwardPairs(args: PairArguments): PairForward {
  const { ops, shape, weights, lengths } = args
  const { model } = shape
  const [directions, hidden, width] = [directionsOf(model).length, model.hiddenSize, hiddenWidth(model)]
  const encoder = encode(args)
  const keys = model.attention ? encoder.layers.at(-1)! : null
  const decoded = decode({ ...args, start: decoderStart(ops, shape, encoder.final), keys, steps: shape.targetSteps! })
  const { stack, top, attended, read } = decoded

  const throughStacks = (gradient: Sequence, looking: boolean) => {
    const options = { needsInput: looking, needsStates: looking, needsWeights: !looking }
    const reaching = ops.affineBackwardInput(gradient, weights('head.weight'))
    const own = attended ? ops.columns(reaching, 0, width) : reaching
    const back = attended && keys && ops.attendBackward({ gradient: ops.columns(reaching, width, 2 * width), queries: top, keys, weights: attended.weights, lengths })
    const decoder = stack.backward(back ? ops.add(own, back.queries) : own, () => [], { needsInitial: true, ...options })
    const starts = (index: number) => decoder.initial[Math.floor(index / directions)]!.map((state) => (directions === 1 ? state : part(ops, ops.single(state), index % directions, directions, hidden).at(0)))
    return { decoder, encoder: encoder.backward(back ? back.keys : null, starts, { needsInitial: false, ...options }) }
  }
  const backward = (gradient: Sequence): Map<string, Tensor> => {
    const head: [string, Tensor][] = [['head.weight', ops.outerSum(gradient, read)], ['head.bias', ops.biasSum(gradient)]]
    const { decoder, encoder: first } = throughStacks(gradient, false)
    return new Map([...head, ...decoder.gradients, ...first.gradients])
  }
  return {
    outputs: decoded.outputs, encoder: encoder.layers, decoder: stack.layers, attention: attended?.weights ?? null,
    stacks: { encoder, decoder: stack }, backward, lookBack: (gradient) => throughStacks(gradient, true),
  }
}
