import type { TaskSpec } from '@shared/experiment/schema'
import type { Lengths, Loss, Ops, Sequence, Tensor, Traced, Variable } from '../backends/backend'
import type { LayerInput } from '../cells/cell'
import type { Optimizer } from '../optimizers/optimizer'
import { maskedDropout, noDropout } from './dropout'
import { forwardNetwork, type NetworkShape } from './network'
import { forwardPairs } from './sequence-to-sequence'
import type { StackBackward, StackForward } from './stack'
import { statesByLayer, variableOf, type Variables } from './variables'

/** Names of what the programs read, given anew at each run; training programs with dropout read its masks besides. */
export const inputNames = { x: 'x', y: 'y', lengths: 'lengths', scale: 'scale', hyper: 'hyper', classWeights: 'classWeights', decoder: 'decoder', targetLengths: 'targetLengths' } as const

export interface ProgramSpec {
  shape: NetworkShape
  loss: TaskSpec['loss']
  parameters: Variables
  /** The state before the first step. */
  states: Variables
  /** Whether the state after the last step becomes the next run's first. */
  carry: boolean
}

/** What only training has: dropout, and what the loss makes of the classes. */
export interface TrainingOptions {
  dropout: boolean
  smoothing: number
  /** Whether the loss weighs classes by the input `classWeights`. */
  weighted: boolean
}

const untrained: TrainingOptions = { dropout: false, smoothing: 0, weighted: false }

/** Names of the stacks a network is made of, as they stand before the names of their weights. */
export type StackPrefix = '' | 'encoder.' | 'decoder.'

/** A forward pass over a program's own inputs. */
export interface ForwardPass {
  outputs: Sequence
  /** Of each layer; of an encoder–decoder first the encoder's. */
  layers: readonly Sequence[]
  /** Valid steps of the outputs. */
  lengths: Lengths
  /** Handles on the parameters, one a variable. */
  weights: (name: string) => Tensor
  /** The state after the last step, by layer and direction; none of an encoder–decoder, which carries nothing. */
  final: readonly (readonly Tensor[])[]
  attention: Sequence | null
  stacks: readonly (readonly [StackPrefix, StackForward])[]
  backward(gradient: Sequence): Map<string, Tensor>
  /** The way back through time with all that lies on it, stack by stack; @param gradient ∂L/∂outputs */
  lookBack(gradient: Sequence): readonly (readonly [StackPrefix, StackBackward])[]
}

export function forwardPass(ops: Ops, spec: Omit<ProgramSpec, 'loss'>, { dropout }: Pick<TrainingOptions, 'dropout'> = untrained): ForwardPass {
  const { shape, parameters, states } = spec
  const { model, output, steps, targetSteps, batch, inputSize } = shape
  const tokens = () => ops.tokensInput(inputNames.x, steps, batch)
  const lengths = ops.lengthsInput(inputNames.lengths, batch)
  const handles = new Map([...parameters].map(([name, variable]) => [name, ops.variable(variable)]))
  const weights = (name: string) => handles.get(name) ?? ops.variable(variableOf(parameters, name))
  const initial = statesByLayer(model, states).map((layer) => layer.map((state) => ops.variable(state)))
  const [first = noDropout, second = noDropout] = dropout ? maskedDropout(ops, shape) : []
  if (output === 'sequence') {
    const targetLengths = ops.lengthsInput(inputNames.targetLengths, batch)
    const decoder = ops.tokensInput(inputNames.decoder, targetSteps!, batch)
    const pairs = forwardPairs({ ops, shape, weights, initial, source: tokens(), lengths, decoder, targetLengths, dropout: { encoder: first, decoder: second } })
    const { encoder, decoder: after } = pairs.stacks
    const lookBack = (gradient: Sequence) => {
      const back = pairs.lookBack(gradient)
      return [['encoder.', back.encoder], ['decoder.', back.decoder]] as const
    }
    return { ...pairs, layers: [...pairs.encoder, ...pairs.decoder], lengths: targetLengths, weights, final: [], stacks: [['encoder.', encoder], ['decoder.', after]], lookBack }
  }
  const input: LayerInput = shape.input === 'tokens'
    ? { kind: 'tokens', tokens: tokens(), vocabulary: inputSize }
    : { kind: 'values', values: ops.sequenceInput(inputNames.x, steps, batch, inputSize) }
  const network = forwardNetwork(ops, shape, weights, initial, input, lengths, first)
  return { ...network, lengths, weights, attention: null, stacks: [['', network.stack]], lookBack: (gradient) => [['', network.lookBack(gradient)]] }
}

/** Steps of a network's outputs. */
export const outputSteps = ({ output, steps, targetSteps }: NetworkShape): number => (output === 'last-step' ? 1 : output === 'sequence' ? targetSteps! : steps)

function lossOf(ops: Ops, spec: ProgramSpec, { outputs, lengths }: { outputs: Sequence; lengths: Lengths }, { smoothing, weighted }: TrainingOptions = untrained): Loss {
  const { loss, shape } = spec
  const steps = outputSteps(shape)
  const scale = ops.input(inputNames.scale, [1])
  if (loss === 'cross-entropy') {
    const targets = ops.tokensInput(inputNames.y, steps, shape.batch)
    const plain = { logits: outputs, targets, lengths, scale }
    // Without either, backends take their shorter way.
    if (smoothing === 0 && !weighted) return ops.crossEntropy(plain)
    return ops.crossEntropy({ ...plain, smoothing, classWeights: weighted ? ops.input(inputNames.classWeights, [shape.outputSize]) : null })
  }
  const args = { output: outputs, targets: ops.sequenceInput(inputNames.y, steps, shape.batch, shape.outputSize), lengths, scale }
  return loss === 'mse' ? ops.squaredError(args) : loss === 'mae' ? ops.absoluteError(args) : ops.huberLoss(args)
}

const carried = (spec: Pick<ProgramSpec, 'shape' | 'states' | 'carry'>, final: ForwardPass['final']): [Variable, Tensor][] =>
  spec.carry ? statesByLayer(spec.shape.model, spec.states).flatMap((layer, index) => layer.map((state, at): [Variable, Tensor] => [state, final[index]![at]!])) : []

/** Loss and the gradient of every weight, without changing anything: results `loss`, `score` and `grad:<name>`. */
export const buildGradients = (spec: ProgramSpec, options: TrainingOptions = untrained) => (ops: Ops): Traced => {
  const network = forwardPass(ops, spec, options)
  const { loss, score, gradient } = lossOf(ops, spec, network, options)
  return { results: { loss, score, ...gradientResults(network.backward(gradient)) } }
}

/** The same, with what lies on the way: `outputs`, and `layer:<k>`, h_t of each layer. Finds where a number went wrong. */
export const buildDiagnosis = (spec: ProgramSpec, options: TrainingOptions) => (ops: Ops): Traced => {
  const network = forwardPass(ops, spec, options)
  const { loss, gradient } = lossOf(ops, spec, network, options)
  const layers = network.layers.map((hidden, layer) => [`layer:${layer}`, hidden])
  return { results: { loss, outputs: network.outputs, ...Object.fromEntries(layers) as Record<string, Sequence>, ...gradientResults(network.backward(gradient)) } }
}

const gradientResults = (gradients: Map<string, Tensor>): Record<string, Tensor> =>
  Object.fromEntries([...gradients].map(([name, value]) => [`grad:${name}`, value]))

/**
 * One whole training step: forward, loss, backward through time, clipping, optimizer, carried state.
 * Results: `loss` [1], `score` [1] (see `Loss`), `gradNorm` [1], the global norm before any clipping. When the loss or the
 * norm is no finite number nothing is assigned.
 * @param optimizer its `slots` name the variables `<parameter>.<slot>` in `moments`
 * @param clipNorm  the global L2 norm to scale down to; null: off
 * @param clipValue each element is brought into ±clipValue first; null: off
 */
export const buildTrainingStep = (spec: ProgramSpec & TrainingOptions & { optimizer: Optimizer; moments: Variables; clipNorm: number | null; clipValue: number | null }) => (ops: Ops): Traced => {
  const { optimizer, moments, parameters, clipNorm, clipValue } = spec
  const network = forwardPass(ops, spec, spec)
  const { loss, score, gradient } = lossOf(ops, spec, network, spec)
  const gradients = network.backward(gradient)
  const whole = [...parameters].map(([name, variable]) => ({ name, variable, gradient: gradients.get(name)! }))
  const gradNorm = ops.globalNorm(whole.map((one) => one.gradient))
  const ordered = clipValue === null ? whole : whole.map((one) => ({ ...one, gradient: ops.clipValue(one.gradient, clipValue) }))
  const factor = clipNorm === null ? null : ops.clipFactor(clipValue === null ? gradNorm : ops.globalNorm(ordered.map((one) => one.gradient)), clipNorm)
  const hyper = ops.input(inputNames.hyper, [optimizer.hyperSize])
  const assign: [Variable, Tensor][] = carried(spec, network.final)
  for (const one of ordered) {
    const slots = optimizer.slots.map((slot) => variableOf(moments, `${one.name}.${slot}`))
    const next = optimizer.update(ops, { parameter: network.weights(one.name), gradient: one.gradient, slots: slots.map((slot) => ops.variable(slot)), factor, hyper })
    assign.push([one.variable, next.parameter], ...slots.map((slot, index): [Variable, Tensor] => [slot, next.slots[index]!]))
  }
  return { results: { loss, score, gradNorm }, assign, guard: ['loss', 'gradNorm'] }
}

/** Loss and score of a batch: results `loss`, `score`. */
export const buildEvaluation = (spec: ProgramSpec) => (ops: Ops): Traced => {
  const network = forwardPass(ops, spec)
  const { loss, score } = lossOf(ops, spec, network)
  return { results: { loss, score }, assign: carried(spec, network.final) }
}

/** Outputs and hidden states of a batch: results `outputs`, of an encoder–decoder `attention` and, when asked for, `hidden` [steps, batch, hidden · directions] of the last layer. */
export const buildTrace = (spec: Omit<ProgramSpec, 'loss'>, { hidden }: { hidden: boolean }) => (ops: Ops): Traced => {
  const network = forwardPass(ops, spec)
  return { results: { outputs: network.outputs, ...(network.attention && { attention: network.attention }), ...(hidden ? { hidden: network.layers.at(-1)! } : {}) }, assign: carried(spec, network.final) }
}
