import { describe, expect, it } from 'vitest'
import { UnrollError } from '@shared/errors'
import type { Experiment } from '@shared/experiment/schema'
import { doubtful, unsupported } from '@shared/experiment/unsupported'
import { createSession } from '@main/engine/training/session'
import type { SessionOptions } from '@main/engine/training/types'
import { createOracleBackend } from '../oracle/oracle-backend'
import { addingData, addingExperiment, seriesData, seriesExperiment, textData, textExperiment } from './experiments'
import { record, steadyHost, training, validation } from './session-harness'

const withModel = (experiment: Experiment, model: Partial<Experiment['model']>): Experiment => ({ ...experiment, model: { ...experiment.model, ...model } })
const withTask = (experiment: Experiment, task: Partial<Experiment['task']>): Experiment => ({ ...experiment, task: { ...experiment.task, ...task } })

describe('dropout', () => {
  const data = textData()
  const experiment = (inputDropout: number) => withModel(textExperiment({ maxSteps: 1 }), { inputDropout, embeddingSize: 4, cell: 'gru' })

  it('is off in validation and on in training', async () => {
    const start = await record({ experiment: experiment(0), data })
    const frozen = (inputDropout: number) => record({ experiment: { ...experiment(inputDropout), training: { ...experiment(0).training, optimizer: { kind: 'sgd', learningRate: 1e-30, momentum: 0, nesterov: false, weightDecay: 0 } } }, data, initial: start.final.weights })
    const [without, withIt] = [await frozen(0), await frozen(0.5)]
    expect(validation(withIt)[0]!.loss).toBe(validation(without)[0]!.loss)
    expect(training(withIt)[0]!.loss).not.toBe(training(without)[0]!.loss)
  })

  it('draws other masks at every step, and the same for the same seed', async () => {
    const losses = async (seed: number) => {
      const base = experiment(0.5)
      const still: Experiment = { ...base, training: { ...base.training, seed, maxSteps: 6, epochs: 6, window: 20, optimizer: { kind: 'sgd', learningRate: 1e-30, momentum: 0, nesterov: false, weightDecay: 0 } } }
      const initial = (await record({ experiment: base, data })).final.weights
      return training(await record({ experiment: still, data, initial })).map(({ loss }) => loss)
    }
    const [first, again, other] = [await losses(1), await losses(1), await losses(2)]
    expect(again).toEqual(first)
    expect(other).not.toEqual(first)
    // One window an epoch from the same weights: only the masks differ.
    expect(new Set(first).size).toBe(first.length)
  })
})

describe('early stopping', () => {
  it('ends the run after so many validations without a new best, and the best weights are kept', async () => {
    const experiment = seriesExperiment({ epochs: 60, validateEvery: 2, earlyStopping: { patience: 3 }, optimizer: { kind: 'sgd', learningRate: 1.2, momentum: 0.9 } })
    const run = await record({ experiment, data: seriesData() })
    const losses = validation(run).map(({ loss }) => loss)
    const best = losses.indexOf(Math.min(...losses))
    expect(run.end).toBe('done')
    expect(run.final.progress.step).toBeLessThan(run.session.plan.totalSteps)
    expect(losses.length - 1 - best).toBe(3)
    const kept = run.checkpoints.filter(({ reason }) => reason === 'best').at(-1)!.checkpoint
    expect(kept.progress.best).toEqual({ step: kept.progress.step, loss: losses[best] })
    const again = await record({ experiment, data: seriesData(), checkpoint: run.final })
    expect(again.metrics).toEqual([])
    expect(again.end).toBe('done')
  })
})

describe('clipping by value', () => {
  it('bounds what a plain SGD step changes by rate · clipValue, while the norm told is the one before', async () => {
    const options = (clipValue: number | null) => ({ experiment: addingExperiment({ maxSteps: 1, clipNorm: null, clipValue, optimizer: { kind: 'sgd', learningRate: 1 } }), data: addingData() })
    const before = (await createSession(createOracleBackend(), options(null), steadyHost()))
    const start = await before.weights()
    const [free, clipped] = [await record(options(null)), await record(options(0.01))]
    expect(training(clipped)[0]!.gradNorm).toBe(training(free)[0]!.gradNorm)
    let most = 0
    for (const [name, { data }] of Object.entries(clipped.final.weights)) data.forEach((value, index) => { most = Math.max(most, Math.abs(value - start[name]!.data[index]!)) })
    expect(most).toBeLessThanOrEqual(0.01 + 1e-7)
    expect(most).toBeGreaterThan(0.009)
  })
})

describe('class weights', () => {
  it('train as PyTorch’s weighted mean, and leave the validation loss as it is', async () => {
    const experiment = textExperiment({ maxSteps: 1, epochs: 1, optimizer: { kind: 'sgd', learningRate: 1e-30 } })
    const [plain, ones, two] = [
      await record({ experiment, data: textData() }), await record({ experiment: withTask(experiment, { classWeights: [1, 1, 1, 1, 1] }), data: textData() }),
      await record({ experiment: withTask(experiment, { classWeights: [3, 1, 0, 1, 1] }), data: textData() }),
    ]
    expect(training(ones)[0]!.loss).toBeCloseTo(training(plain)[0]!.loss, 6)
    expect(training(two)[0]!.loss).not.toBeCloseTo(training(plain)[0]!.loss, 3)
    expect(validation(two)[0]!.loss).toBe(validation(plain)[0]!.loss)
  })
})

describe('a number that is none', () => {
  const errorOf = async (options: SessionOptions): Promise<UnrollError> => {
    const found: unknown = await record(options).catch((error: unknown) => error)
    if (found instanceof UnrollError) return found
    throw new Error(`expected an UnrollError, found ${String(found)}`)
  }

  it('is traced to the time step and layer where it arose', async () => {
    const experiment = withModel(addingExperiment({ shuffle: false }), { activation: 'relu', layers: 2 })
    const initial = (await record({ experiment: { ...experiment, training: { ...experiment.training, maxSteps: 1 } }, data: addingData() })).final.weights
    // The second layer's state is multiplied by 1e20 a step: beyond float32 after a few steps.
    const weights = structuredClone(initial)
    weights['rnn.weight_hh_l1']!.data.fill(1e20)
    weights['rnn.bias_ih_l1']!.data.fill(1)
    const { createWasmBackend } = await import('@main/engine/backends/wasm/wasm-backend')
    const error: unknown = await record({ experiment, data: addingData(), initial: weights }, undefined, await createWasmBackend()).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'numeric.non-finite', where: { step: 1, timeStep: 3, parameter: 'rnn.weight_hh_l1' } })
    expect((error as UnrollError).message).toContain('the hidden state of layer 2 is Infinity at time step 3 of 6')
  })

  it('in the data is said to be there', async () => {
    const data = addingData()
    if (data.form !== 'sequences') throw new Error('unreachable')
    const x = Float32Array.from(data.train.x)
    x[2 * 2 + 1] = NaN
    const error = await errorOf({ experiment: addingExperiment({ shuffle: false }), data: { ...data, train: { ...data.train, x } } })
    expect(error.message).toContain('the input is NaN at time step 3')
    expect(error.where).toMatchObject({ step: 1, timeStep: 3 })
  })
})

describe('what can’t go together is refused with a sentence', () => {
  const paths = (experiment: Experiment) => unsupported(experiment).map(({ path }) => path)

  it('before anything runs', () => {
    const doubts = (experiment: Experiment) => doubtful(experiment).map(({ path }) => path)
    for (const read of [withModel(textExperiment(), { bidirectional: true }), withModel(seriesExperiment(), { bidirectional: true })]) {
      expect(paths(read)).toEqual([])
      expect(doubts(read)).toEqual(['model.bidirectional'])
    }
    const other = seriesExperiment({ carryState: true })
    const apart: Experiment = { ...other, data: { ...other.data, target: ['b'] } as Experiment['data'] }
    expect(doubts(withModel(apart, { bidirectional: true }))).toEqual(['training.carryState'])
    expect(doubts(withModel({ ...apart, training: { ...apart.training, carryState: false } }, { bidirectional: true }))).toEqual([])
    expect(doubts(withModel(addingExperiment({ carryState: true }), { bidirectional: true }))).toEqual([])
    expect(paths(withModel(textExperiment(), { cell: 'gru', init: 'identity', forgetBias: 1 }))).toEqual(['model.init', 'model.forgetBias'])
    expect(paths(textExperiment({ optimizer: { kind: 'sgd', learningRate: 1, nesterov: true } }))).toEqual(['training.optimizer.nesterov'])
    expect(paths(withTask(addingExperiment(), { labelSmoothing: 0.1 }))).toEqual(['task.labelSmoothing'])
  })

  it('or when the data is known', async () => {
    const codeOf = (options: SessionOptions) => createSession(createOracleBackend(), options).then(() => 'no error', (error: unknown) => (error instanceof UnrollError ? `${error.code} ${error.where?.parameter ?? ''}` : String(error)))
    const text = textExperiment()
    expect(await codeOf({ experiment: withModel(addingExperiment(), { embeddingSize: 3 }), data: addingData() })).toBe('experiment.mismatch model.embeddingSize')
    expect(await codeOf({ experiment: withTask(text, { classWeights: [1, 2] }), data: textData() })).toBe('experiment.mismatch task.classWeights')
    expect(await codeOf({ experiment: textExperiment({ earlyStopping: { patience: 2 } }), data: textData(70, 0) })).toBe('experiment.mismatch training.earlyStopping')
    expect(await codeOf({ experiment: textExperiment({ schedule: { kind: 'plateau' } }), data: textData(70, 0) })).toBe('experiment.mismatch training.schedule')
  })
})
