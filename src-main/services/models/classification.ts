import { UnrollError } from '@shared/errors'
import type { Classified } from '@shared/rpc/schemas'
import type { ComputeApi } from '../compute/protocol'
import { networkOf, type TrainedModel } from './trained-model'

/** Read both ways, each beginning of a sequence is a sequence of its own to be read whole. */
const longestBothWays = 500

/**
 * The classes of a sequence that the user wrote, as they would stand if it ended after each of its symbols.
 *   p_t = softmax(V h_t + c), h_t the state after the first t symbols (in reverse: from the t-th to the first)
 * @throws UnrollError `playground.not-classes`, `input.invalid` when there is nothing to read or too much
 */
export async function classifySequence(compute: Pick<ComputeApi, 'trace' | 'predict'>, model: TrainedModel, { text }: { text: string }): Promise<Classified> {
  const { experiment: { task, model: spec }, symbols, classes, outputSize } = model
  if (task.output !== 'last-step' || task.loss !== 'cross-entropy' || symbols === null) {
    throw new UnrollError('playground.not-classes', 'This network was not trained to tell the class of a written sequence.', { hint: 'Its figures on the dashboard tell what it is worth.' })
  }
  const tokens = symbols.encode(text)
  const steps = tokens.length
  if (steps === 0) throw new UnrollError('input.invalid', 'There is nothing to read: the sequence is empty.', { hint: 'Write at least one symbol.' })
  if (spec.bidirectional && steps > longestBothWays) {
    throw new UnrollError('input.invalid', `${steps} symbols are more than are read both ways here, symbol by symbol (${longestBothWays}).`, { hint: 'Write a shorter sequence.' })
  }
  const logits = spec.bidirectional ? await ofBeginnings(compute, model, tokens) : (await compute.trace({ ...networkOf(model), input: { kind: 'tokens', tokens } })).output
  const probabilities = new Float32Array(steps * outputSize)
  for (let step = 0; step < steps; step++) probabilities.set(softmax(logits.subarray(step * outputSize, (step + 1) * outputSize)), step * outputSize)
  return {
    step: model.step, symbols: symbols.split(text), unknown: [...tokens].flatMap((token, at) => (token === 0 ? [at] : [])),
    classes: classes ?? Array.from({ length: outputSize }, (_, id) => String(id)), probabilities,
  }
}

/** The outputs of all beginnings of a sequence, each a row of a set. */
function ofBeginnings(compute: Pick<ComputeApi, 'predict'>, model: TrainedModel, tokens: Int32Array): Promise<Float32Array> {
  const steps = tokens.length
  const none = { count: 0, x: new Int32Array(0), y: new Int32Array(0), lengths: null }
  const x = new Int32Array(steps * steps)
  for (let row = 0; row < steps; row++) x.set(tokens.subarray(0, row + 1), row * steps)
  const test = { count: steps, x, y: new Int32Array(steps), lengths: Int32Array.from({ length: steps }, (_, row) => row + 1) }
  const { inputSize, outputSize } = model
  return compute.predict({ ...networkOf(model), count: steps, data: { form: 'sequences', input: 'tokens', target: 'classes', inputSize, outputSize, steps, train: none, validation: none, test } })
}

function softmax(logits: Float32Array): Float32Array {
  const largest = logits.reduce((most, value) => Math.max(most, value), -Infinity)
  const powers = logits.map((value) => Math.exp(value - largest))
  const sum = powers.reduce((total, value) => total + value, 0)
  return powers.map((value) => value / sum)
}
