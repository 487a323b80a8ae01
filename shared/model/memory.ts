import type { Experiment, OptimizerSpec } from '../experiment/schema'
import { gatesOf, parameterCount } from './weights'

const float = 4

/** Running averages that an optimizer keeps for each parameter. */
export function momentsOf(optimizer: OptimizerSpec): number {
  if (optimizer.kind === 'adam' || optimizer.kind === 'adamw') return 2
  return optimizer.momentum > 0 || optimizer.kind === 'rmsprop' ? (optimizer.kind === 'rmsprop' && optimizer.momentum > 0 ? 2 : 1) : 0
}

export interface MemoryEstimate {
  /** Values, gradients and moments of the parameters, bytes. */
  parameters: number
  /** What one window keeps for its backward pass, bytes. */
  activations: number
  total: number
}

/**
 * Memory that training needs at the least, in bytes, counting 4 a number.
 *   parameters  P · (value + gradient + moments)
 *   activations B · T · (x + L·d·(g·H + H) + y), and once more g·H and y for their gradients
 * B batch size, T window, H hidden size, g gates, L layers, d directions; x counts 1 for a token id, else the input's
 * width; y is the output's width, at the last step only for last-step tasks. A backend's own scratch space, and the
 * data set itself, come on top.
 * @param steps T: `training.window` on streams, the sequences' length on sequence sets
 */
export function memoryEstimate(experiment: Experiment, inputSize: number, outputSize: number, steps: number): MemoryEstimate {
  const { model, training, task } = experiment
  const count = parameterCount(model, inputSize, outputSize)
  const parameters = float * count * (2 + momentsOf(training.optimizer))
  const cells = model.layers * (model.bidirectional ? 2 : 1)
  const gates = gatesOf[model.cell] * model.hiddenSize
  const input = experiment.data.kind === 'text' ? 1 + (model.embeddingSize ?? 0) : inputSize
  const outputs = task.output === 'last-step' ? outputSize / steps : outputSize
  const activations = float * training.batchSize * steps * (input + cells * (2 * gates + model.hiddenSize) + 2 * outputs)
  return { parameters, activations: Math.round(activations), total: parameters + Math.round(activations) }
}
