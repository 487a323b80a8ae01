import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Experiment, type ExperimentInput, experimentSchema } from '@shared/experiment/schema'
import { applies } from '@renderer/features/experiment/applies'
import { type Draft, draftOf, type FieldName } from '@renderer/features/experiment/draft'
import { experimentOf } from '@renderer/features/experiment/experiment-of'
import { initWords, lossWords, regularisationWords, scheduleWords } from '@renderer/features/experiment/fold-words'
import { takeOver } from '@renderer/features/experiment/take-over'
import { checkDraft } from '@renderer/features/experiment/validation'
import { fakeDataset } from '../support/fake-runs'

const { text, series, generated } = { text: fakeDataset('text').experiment, series: fakeDataset('series').experiment, generated: fakeDataset('generated').experiment }

const share = fc.constantFrom(0, 0.1, 0.5)
const rate = fc.constantFrom(1e-4, 0.01, 0.3)
const steps = fc.integer({ min: 1, max: 5000 })
const cell = fc.constantFrom('rnn', 'gru', 'lstm')
const model = cell.chain((chosen) => fc.record({
  cell: fc.constant(chosen), activation: fc.constantFrom('tanh', 'relu'), hiddenSize: fc.integer({ min: 1, max: 300 }), layers: fc.integer({ min: 1, max: 16 }),
  bidirectional: fc.boolean(), dropout: share, inputDropout: share, embeddingSize: fc.option(fc.integer({ min: 1, max: 64 })),
  init: fc.constantFrom('default', 'xavier', 'orthogonal', 'identity', 'first.safetensors'), forgetBias: chosen === 'lstm' ? fc.constantFrom(0, 1) : fc.constant(0), attention: fc.boolean(),
}))
const betas = fc.constant<[number, number]>([0.8, 0.99])
const optimizer = fc.oneof(
  fc.record({ kind: fc.constant('sgd'), learningRate: rate, momentum: share, nesterov: fc.boolean(), weightDecay: share }),
  fc.record({ kind: fc.constant('rmsprop'), learningRate: rate, alpha: share, epsilon: rate, momentum: share, weightDecay: share }),
  fc.record({ kind: fc.constantFrom('adam', 'adamw'), learningRate: rate, betas, epsilon: rate, weightDecay: share }),
)
const schedule = fc.oneof(
  fc.record({ kind: fc.constant('constant'), warmupSteps: steps }),
  fc.record({ kind: fc.constant('step'), every: steps, factor: rate, warmupSteps: steps }),
  fc.record({ kind: fc.constant('exponential'), factor: rate, per: fc.constantFrom('step', 'epoch'), warmupSteps: steps }),
  fc.record({ kind: fc.constant('cosine'), totalSteps: fc.option(steps), minimum: share, warmupSteps: steps }),
  fc.record({ kind: fc.constant('plateau'), patience: steps, factor: rate, warmupSteps: steps }),
)
const training = fc.record({
  window: steps, carryState: fc.boolean(), batchSize: steps, shuffle: fc.boolean(), seed: steps, epochs: steps, maxSteps: fc.option(steps), optimizer, schedule, teacherForcing: share,
  clipNorm: fc.option(rate), clipValue: fc.option(rate), earlyStopping: fc.option(fc.record({ patience: steps })), checkpointEvery: steps, validateEvery: fc.option(steps),
})
const task = fc.record(
  { output: fc.constantFrom('every-step', 'last-step'), loss: fc.constant('cross-entropy'), labelSmoothing: share, classWeights: fc.constantFrom(null, 'balanced', [1, 2, 0.5]) },
  { requiredKeys: ['output', 'loss'] },
)

describe('the form of the whole stack', () => {
  it('gives back every key of an opened file', () => {
    fc.assert(fc.property(model, training, task, (model, training, task) => {
      const read = experimentSchema.parse({ ...text, model, training, task } as ExperimentInput)
      expect(experimentSchema.parse(experimentOf(draftOf(read), read))).toEqual(read)
    }), { numRuns: 300 })
  })

  const shown = (base: Experiment, changes: Partial<Draft>, ...fields: FieldName[]) => fields.filter((field) => applies({ ...draftOf(base), ...changes }, field, base))

  it('shows what means something, and nothing else', () => {
    expect(shown(text, { cell: 'lstm', layers: 1 }, 'activation', 'forgetBias', 'dropout', 'embed', 'embeddingSize')).toEqual(['forgetBias', 'embed'])
    expect(shown(text, { layers: 2, embed: true }, 'activation', 'forgetBias', 'dropout', 'embeddingSize')).toEqual(['activation', 'dropout', 'embeddingSize'])
    expect(shown(series, {}, 'embed', 'loss', 'labelSmoothing', 'classWeights', 'window', 'attention', 'teacherForcing')).toEqual(['loss', 'window'])
    expect(shown(text, {}, 'loss', 'labelSmoothing', 'classWeights')).toEqual(['labelSmoothing', 'classWeights'])
    expect(shown(generated, {}, 'window', 'carryState', 'shuffle')).toEqual(['shuffle'])
    const schedules = (kind: Draft['schedule']) => shown(text, { schedule: kind }, 'warmupSteps', 'scheduleEvery', 'scheduleFactor', 'schedulePer', 'scheduleSteps', 'scheduleMinimum', 'schedulePatience')
    expect(schedules('constant')).toEqual(['warmupSteps'])
    expect(schedules('step')).toEqual(['warmupSteps', 'scheduleEvery', 'scheduleFactor'])
    expect(schedules('cosine')).toEqual(['warmupSteps', 'scheduleSteps', 'scheduleMinimum'])
    expect(schedules('plateau')).toEqual(['warmupSteps', 'scheduleFactor', 'schedulePatience'])
    const optimizers = (kind: Draft['optimizer']) => shown(text, { optimizer: kind }, 'momentum', 'nesterov', 'alpha', 'beta1', 'epsilon')
    expect([optimizers('sgd'), optimizers('rmsprop'), optimizers('adamw')]).toEqual([['momentum', 'nesterov'], ['momentum', 'alpha', 'epsilon'], ['beta1', 'epsilon']])
  })

  it.each<[Experiment, Partial<Draft>, FieldName, RegExp]>([
    [text, { bidirectional: true }, 'bidirectional', /lets the network read what it should predict/],
    [{ ...series, task: { ...series.task, output: 'last-step' } }, { bidirectional: true, carryState: true }, 'carryState', /hands the reverse direction/],
    [text, { cell: 'gru', init: 'identity' }, 'init', /for the Elman cell/],
    [text, { optimizer: 'sgd', momentum: 0, nesterov: true }, 'nesterov', /needs a momentum/],
    [text, { init: 'file', initFile: ' ' }, 'initFile', /Weights file is missing/],
    [text, { layers: 17 }, 'layers', /Layers must be at most 16/],
    [text, { layers: 2, dropout: 1 }, 'dropout', /Dropout must be at most 0\.95/],
    [text, { embed: true, embeddingSize: null }, 'embeddingSize', /Embedding size is missing/],
    [text, { schedule: 'exponential', scheduleFactor: 2 }, 'scheduleFactor', /Factor must be at most 1/],
    [text, { stopEarly: true, patience: 0 }, 'patience', /Patience must be at least 1/],
    [text, { labelSmoothing: 1 }, 'labelSmoothing', /Label smoothing must be less than 1/],
  ])('%# puts what can\'t be beside its field', (base, changes, field, sentence) => {
    const { errors, general, experiment } = checkDraft({ ...draftOf(base), ...changes }, base, 1_000_000)
    expect(Object.keys(errors)).toEqual([field])
    expect(errors[field]).toMatch(sentence)
    expect([general, experiment]).toEqual([[], null])
  })

  it('forgets the forget gate with the LSTM', () => {
    const draft = { ...draftOf(text), cell: 'gru' as const, forgetBias: 1 }
    expect(checkDraft(draft, text, null).experiment?.model.forgetBias).toBe(0)
  })

  it('takes the loss of a file where the targets are of its kind', () => {
    expect(takeOver({ ...series, task: { ...series.task, loss: 'huber' } }, series)).toMatchObject({ experiment: { task: { loss: 'huber' } }, left: [] })
    expect(takeOver({ ...text, model: { ...text.model, attention: true } }, text)).toMatchObject({ experiment: { model: { attention: false } }, left: [expect.stringContaining('model.attention')] })
  })

  it('says on a folded group what is set in it', () => {
    const draft = draftOf(text)
    expect([scheduleWords(draft), regularisationWords(draft), initWords(draft), lossWords(draft)]).toEqual(['constant', 'none', 'uniform ±1/√H', 'cross-entropy'])
    expect(scheduleWords({ ...draft, schedule: 'cosine', scheduleSteps: 2000, warmupSteps: 100 })).toBe('cosine over 2,000 steps, 100 steps of warm-up')
    expect(regularisationWords({ ...draft, inputDropout: 0.1, weightDecay: 0.01, stopEarly: true, patience: 5 })).toBe('input dropout 0.1, weight decay 0.01, stops after 5 validations without a gain')
    expect(initWords({ ...draft, cell: 'lstm', init: 'orthogonal', forgetBias: 1 })).toBe('orthogonal, forget bias 1')
    expect(lossWords({ ...draft, labelSmoothing: 0.1, classWeights: 'balanced' })).toBe('cross-entropy, smoothing 0.1, balanced classes')
  })
})
