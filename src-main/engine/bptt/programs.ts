import type { TaskSpec } from '@shared/experiment/schema'
import type { Lengths, Loss, Ops, Tensor, Traced, Variable } from '../backends/backend'
import type { LayerInput } from '../cells/cell'
import type { Optimizer } from '../optimizers/optimizer'
import { forwardNetwork, type NetworkForward, type NetworkShape } from './network'
import { statesByLayer, variableOf, type Variables } from './variables'

/** Names of what the programs read: x, y, lengths, scale and hyper, given anew at each run. */
export const inputNames = { x: 'x', y: 'y', lengths: 'lengths', scale: 'scale', hyper: 'hyper' } as const

export interface ProgramSpec {
  shape: NetworkShape
  loss: Extract<TaskSpec['loss'], 'cross-entropy' | 'mse'>
  parameters: Variables
  /** The state before the first step. */
  states: Variables
  /** Whether the state after the last step becomes the next run's first. */
  carry: boolean
}

/** The forward pass over the program's own inputs; `weights` remembers its handles, one a variable. */
function forward(ops: Ops, spec: Omit<ProgramSpec, 'loss'>): NetworkForward & { lengths: Lengths; weights: (name: string) => Tensor } {
  const { shape, parameters, states } = spec
  const { steps, batch, inputSize } = shape
  const input: LayerInput = shape.input === 'tokens'
    ? { kind: 'tokens', tokens: ops.tokensInput(inputNames.x, steps, batch), vocabulary: inputSize }
    : { kind: 'values', values: ops.sequenceInput(inputNames.x, steps, batch, inputSize) }
  const lengths = ops.lengthsInput(inputNames.lengths, batch)
  const handles = new Map([...parameters].map(([name, variable]) => [name, ops.variable(variable)]))
  const weights = (name: string) => handles.get(name) ?? ops.variable(variableOf(parameters, name))
  const initial = statesByLayer(shape.model, states).map((layer) => layer.map((state) => ops.variable(state)))
  return { ...forwardNetwork(ops, shape, weights, initial, input, lengths), lengths, weights }
}

function lossOf(ops: Ops, spec: ProgramSpec, { outputs, lengths }: { outputs: NetworkForward['outputs']; lengths: Lengths }): Loss {
  const { loss, shape } = spec
  const steps = shape.output === 'every-step' ? shape.steps : 1
  const scale = ops.input(inputNames.scale, [1])
  return loss === 'cross-entropy'
    ? ops.crossEntropy({ logits: outputs, targets: ops.tokensInput(inputNames.y, steps, shape.batch), lengths, scale })
    : ops.squaredError({ output: outputs, targets: ops.sequenceInput(inputNames.y, steps, shape.batch, shape.outputSize), lengths, scale })
}

const carried = (spec: Pick<ProgramSpec, 'shape' | 'states' | 'carry'>, final: NetworkForward['final']): [Variable, Tensor][] =>
  spec.carry ? statesByLayer(spec.shape.model, spec.states).flatMap((layer, index) => layer.map((state, at): [Variable, Tensor] => [state, final[index]![at]!])) : []

/** Loss and the gradient of every weight, without changing anything: results `loss`, `score` and `grad:<name>`. */
export const buildGradients = (spec: ProgramSpec) => (ops: Ops): Traced => {
  const network = forward(ops, spec)
  const { loss, score, gradient } = lossOf(ops, spec, network)
  const gradients = [...network.backward(gradient)].map(([name, value]) => [`grad:${name}`, value])
  return { results: { loss, score, ...Object.fromEntries(gradients) } }
}

/**
 * One whole training step: forward, loss, backward through time, global norm, clipping, optimizer, carried state.
 * Results: `loss` [1], `score` [1] (see `Loss`), `gradNorm` [1] before clipping. When the loss or the norm is no finite
 * number nothing is assigned.
 * @param optimizer its `slots` name the variables `<parameter>.<slot>` in `moments`
 * @param clipNorm  the global L2 norm to scale down to; null: off
 */
export const buildTrainingStep = (spec: ProgramSpec & { optimizer: Optimizer; moments: Variables; clipNorm: number | null }) => (ops: Ops): Traced => {
  const { optimizer, moments, parameters } = spec
  const network = forward(ops, spec)
  const { loss, score, gradient } = lossOf(ops, spec, network)
  const gradients = network.backward(gradient)
  const ordered = [...parameters].map(([name, variable]) => ({ name, variable, gradient: gradients.get(name)! }))
  const gradNorm = ops.globalNorm(ordered.map((one) => one.gradient))
  const factor = spec.clipNorm === null ? null : ops.clipFactor(gradNorm, spec.clipNorm)
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
  const network = forward(ops, spec)
  const { loss, score } = lossOf(ops, spec, network)
  return { results: { loss, score }, assign: carried(spec, network.final) }
}

/** Outputs and hidden states of a batch: results `outputs` and, when asked for, `hidden` [steps, batch, hidden]. */
export const buildTrace = (spec: Omit<ProgramSpec, 'loss'>, { hidden }: { hidden: boolean }) => (ops: Ops): Traced => {
  const network = forward(ops, spec)
  return { results: { outputs: network.outputs, ...(hidden ? { hidden: network.hidden } : {}) }, assign: carried(spec, network.final) }
}
