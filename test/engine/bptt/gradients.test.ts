import { describe, it } from 'vitest'
import { checkGradients, nameOf, type Setting } from './gradient-check'

const elman: Setting[] = [
  ...(['tanh', 'relu'] as const).flatMap((activation) => (['tokens', 'values'] as const).flatMap((input) =>
    (['cross-entropy', 'mse'] as const).flatMap((loss) => (['every-step', 'last-step'] as const).flatMap((output) =>
      [[5, 5, 5], [5, 2, 3]].map((lengths): Setting => ({ model: { activation }, input, loss, output, lengths })))))),
  { input: 'values', loss: 'mse', output: 'every-step', lengths: [5, 0, 1] },
  { model: { layers: 2 }, input: 'tokens', loss: 'cross-entropy', output: 'last-step', lengths: [5, 3, 0] },
  { model: { layers: 3, activation: 'relu' }, input: 'values', loss: 'cross-entropy', output: 'every-step', lengths: [4, 5, 2] },
]

const stack: Setting[] = (['rnn', 'gru', 'lstm'] as const).flatMap((cell) => [false, true].flatMap((bidirectional) => [1, 2].flatMap((layers) =>
  (['every-step', 'last-step'] as const).flatMap((output) => [[5, 5], [4, 1, 0]].map((lengths): Setting => {
    // One-hot, embedded tokens and values take turns.
    const embeddingSize = layers === 2 && output === 'last-step' ? 3 : null
    return { model: { cell, bidirectional, layers, embeddingSize, hiddenSize: 3 }, input: embeddingSize || output === 'every-step' ? 'tokens' : 'values', loss: 'cross-entropy', output, lengths }
  })))))

const further: Setting[] = [
  ...(['mae', 'huber'] as const).map((loss): Setting => ({ model: { cell: 'gru', hiddenSize: 4 }, input: 'values', loss, output: 'every-step', lengths: [5, 3] })),
  { model: { hiddenSize: 4 }, input: 'tokens', loss: 'cross-entropy', output: 'every-step', lengths: [5, 3], options: { smoothing: 0.2 } },
  { model: { hiddenSize: 4 }, input: 'tokens', loss: 'cross-entropy', output: 'last-step', lengths: [5, 3, 4, 2], options: { smoothing: 0.2, weighted: true } },
  { model: { cell: 'lstm', hiddenSize: 4, layers: 3, dropout: 0.4 }, input: 'values', loss: 'cross-entropy', output: 'every-step', lengths: [5, 3], options: { dropout: true } },
  { model: { cell: 'gru', hiddenSize: 4, layers: 2, dropout: 0.4, inputDropout: 0.2, bidirectional: true }, input: 'values', loss: 'mse', output: 'last-step', lengths: [5, 3], options: { dropout: true } },
  { model: { hiddenSize: 4, inputDropout: 0.3, embeddingSize: 3 }, input: 'tokens', loss: 'cross-entropy', output: 'every-step', lengths: [5, 4], options: { dropout: true } },
  { model: { hiddenSize: 4, inputDropout: 0.3 }, input: 'tokens', loss: 'cross-entropy', output: 'every-step', lengths: [5, 4], options: { dropout: true } },
]

const pairs: Setting[] = (['rnn', 'gru', 'lstm'] as const).flatMap((cell) => [false, true].flatMap((attention) => [false, true].map((bidirectional): Setting => ({
  model: { cell, attention, bidirectional, hiddenSize: 3, layers: bidirectional ? 2 : 1, embeddingSize: attention ? 3 : null }, input: 'tokens', loss: 'cross-entropy', output: 'sequence',
  lengths: [5, 2, 3, 0], targetLengths: [4, 4, 1, 0],
}))))
pairs.push({
  model: { cell: 'lstm', attention: true, hiddenSize: 3, layers: 2, dropout: 0.3, inputDropout: 0.2 }, input: 'tokens', loss: 'cross-entropy', output: 'sequence', lengths: [5, 2], targetLengths: [2, 4],
  options: { dropout: true, smoothing: 0.1 },
})

describe('gradients of the whole network against central differences, in Float64, from a carried state', () => {
  it.each([...elman, ...stack, ...further, ...pairs].map((setting) => ({ name: nameOf(setting), setting })))('$name', ({ setting }) => checkGradients(setting))
})
