import { readsTokens } from '../experiment/plan'
import type { Experiment, OptimizerSpec } from '../experiment/schema'
import { directionsOf, gatesOf, hiddenWidth, parameterCount } from './weights'

const float = 4

/** States a cell keeps for each step's backward pass: Elman h; GRU h and U_n h + b_hn; LSTM h and c. */
const statesOf = { rnn: 1, gru: 2, lstm: 2 } as const

/** Running averages that an optimizer keeps for each parameter. */
export function momentsOf(optimizer: OptimizerSpec): number {
  if (optimizer.kind === 'adam' || optimizer.kind === 'adamw') return 2
  return optimizer.momentum > 0 || optimizer.kind === 'rmsprop' ? (optimizer.kind === 'rmsprop' && optimizer.momentum > 0 ? 2 : 1) : 0
}

export interface MemoryEstimate {
  /** Values, gradients and moments of the parameters, bytes. */
  parameters: number
  /** What windows keep for their backward pass, bytes. */
  activations: number
  total: number
}

/**
 * Memory that training needs at the least, in bytes, counting 4 a number.
 *   parameters  P · (value + gradient + moments)
 *   activations B · T · (x + E + L·d·(g + s)·H + y + m), and once more g·H and y for their gradients
 * B batch size, T window, H hidden size, g gates, s states a step, L layers, d directions; x counts 1 for a token, else
 * the input's width; E the embedding's width; m the widths that dropout masks; y is the output's width, at the last step
 * only for last-step tasks. A backend's own scratch space, and the data set itself, come on top.
 * @param steps T: `training.window` on streams, the sequences' length on sequence sets; where these are padded to several
 *              lengths, all of them: each has a program of its own, with activations of its own
 */
export function memoryEstimate(experiment: Experiment, inputSize: number, outputSize: number, steps: number | readonly number[]): MemoryEstimate {
  const { model, training, task } = experiment
  const count = parameterCount(model, inputSize, outputSize, task.output)
  const parameters = float * count * (2 + momentsOf(training.optimizer))
  const cells = model.layers * directionsOf(model).length
  const gates = gatesOf[model.cell] * model.hiddenSize
  const tokens = readsTokens(experiment.data)
  const embedding = tokens ? model.embeddingSize ?? 0 : 0
  const input = tokens ? 1 + embedding : inputSize
  const masks = (model.inputDropout > 0 ? embedding || inputSize : 0) + (model.dropout > 0 ? (model.layers - 1) * hiddenWidth(model) : 0)
  const lengths = typeof steps === 'number' ? [steps] : steps
  const activations = lengths.reduce((sum, length) => sum + float * training.batchSize * (
    length * (input + masks + cells * (2 * gates + statesOf[model.cell] * model.hiddenSize)) + 2 * outputSize * (task.output === 'last-step' ? 1 : length)), 0)
  return { parameters, activations: Math.round(activations), total: parameters + Math.round(activations) }
}
