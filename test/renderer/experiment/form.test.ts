import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { trainingPlan } from '@shared/experiment/plan'
import { experimentSchema } from '@shared/experiment/schema'
import { memoryEstimate, momentsOf } from '@shared/model/memory'
import { parameterCount } from '@shared/model/weights'
import { type Draft, draftOf } from '@renderer/features/experiment/draft'
import { experimentOf } from '@renderer/features/experiment/experiment-of'
import { experimentText, parseExperiment } from '@renderer/features/experiment/experiment-file'
import { useHistory } from '@renderer/features/experiment/history'
import { checkDraft } from '@renderer/features/experiment/validation'
import { parseNumber, stepNumber } from '@renderer/ui/number'
import { fakeDataset } from '../support/fake-runs'

const base = fakeDataset('text').experiment
const check = (changes: Partial<Draft>, trainCount: number | null = 1_000_000) => checkDraft({ ...draftOf(base), ...changes }, base, trainCount)

describe('the draft', () => {
  it('describes the experiment it was made from', () => {
    for (const kind of ['text', 'series', 'generated'] as const) {
      const { experiment } = fakeDataset(kind)
      expect(experimentSchema.parse(experimentOf(draftOf(experiment), experiment))).toEqual(experiment)
    }
  })
  it('trained by steps has epochs enough', () => {
    const { experiment } = check({ length: 'steps', maxSteps: 5000, epochs: 1 })
    const plan = trainingPlan(experiment!, 1_000_000)
    expect(plan.totalSteps).toBe(5000)
  })
  it('says where windows of a series begin, and what that makes of an epoch; empty is a quarter of the window', () => {
    const { experiment } = fakeDataset('series')
    const steps = (stride: number | null) => {
      const checked = checkDraft({ ...draftOf(experiment), window: 40, batchSize: 8, carryState: false, stride }, experiment, 1040)
      return [checked.errors.stride ?? null, checked.experiment && trainingPlan(checked.experiment, 1040).stepsPerEpoch]
    }
    expect([steps(null), steps(10), steps(40), steps(1)]).toEqual([[null, 13], [null, 13], [null, 4], [null, 125]])
    expect(steps(0)[0]).toBe('Stride must be at least 1.')
  })
  it('is saved and read back whole', () => {
    const { experiment } = check({ optimizer: 'sgd', learningRate: 0.1, momentum: 0.5, clip: false })
    expect(parseExperiment(experimentText(experiment!), 'experiment.json')).toEqual({ experiment, unknown: [] })
  })
})

describe('validation', () => {
  it.each<[Partial<Draft>, keyof Draft, string]>([
    [{ hiddenSize: 0 }, 'hiddenSize', 'Hidden size must be at least 1.'],
    [{ hiddenSize: 9000 }, 'hiddenSize', 'Hidden size must be at most 8,192.'],
    [{ hiddenSize: 12.5 }, 'hiddenSize', 'Hidden size must be a whole number.'],
    [{ hiddenSize: Number.NaN }, 'hiddenSize', 'Hidden size must be a number.'],
    [{ hiddenSize: null }, 'hiddenSize', 'Hidden size is missing: enter a number.'],
    [{ learningRate: 0 }, 'learningRate', 'Learning rate must be more than 0.'],
    [{ optimizer: 'sgd', momentum: 1 }, 'momentum', 'Momentum must be less than 1.'],
    [{ beta2: 1 }, 'beta2', 'β₂ must be less than 1.'],
    [{ clip: true, clipNorm: -1 }, 'clipNorm', 'Largest norm must be more than 0.'],
    [{ clip: true, clipNorm: null }, 'clipNorm', 'Largest norm is missing: enter a number.'],
    [{ length: 'steps', maxSteps: null }, 'maxSteps', 'Steps is missing: enter a number.'],
    [{ name: '  ' }, 'name', 'Name is missing.'],
    [{ seed: -1 }, 'seed', 'Seed must be at least 0.'],
  ])('of %j says so beside %s', (changes, field, sentence) => {
    const { errors, experiment, general } = check(changes)
    expect(errors).toEqual({ [field]: sentence })
    expect(general).toEqual([])
    expect(experiment).toBeNull()
  })

  it('finds nothing wrong with what isn\'t on the form', () => {
    expect(check({ optimizer: 'adam', momentum: 7, length: 'epochs', maxSteps: null, clip: false, clipNorm: null }).errors).toEqual({})
    expect(check({ validateEvery: null }).experiment?.training.validateEvery).toBeNull()
  })

  it('knows how large a batch or a window the data allow, as the engine does', () => {
    expect(check({ batchSize: 32, window: 64 }, 32 * 64).errors.batchSize).toBe('32 lanes of 64 steps need 2,048 steps, but the training part has 2,047. Use 31 or less.')
    expect(check({ batchSize: 31, window: 64 }, 32 * 64).errors).toEqual({})
    expect(check({ window: 100 }, 50).errors.window).toContain('A window of 100 steps is longer than the data')
  })
})

describe('the plan', () => {
  const series = fakeDataset('series').experiment
  it('follows the documented counts', () => {
    expect(trainingPlan({ ...base, training: { ...base.training, batchSize: 32, window: 64, epochs: 2 } }, 972_001)).toEqual({ positions: 972_000, steps: 64, stepsPerEpoch: 474, totalSteps: 948 })
    const free = { ...series, training: { ...series.training, carryState: false, batchSize: 8, window: 50, epochs: 1 } }
    // 4383 rows − 1 ahead; a window every 12 rows: floor(4332 / 12) + 1 = 362 windows in batches of 8.
    expect(trainingPlan(free, 4383).stepsPerEpoch).toBe(46)
    expect(trainingPlan(fakeDataset('generated').experiment, 8000)).toMatchObject({ steps: 50, stepsPerEpoch: 250 })
  })
})

describe('parameters and memory', () => {
  const spec = (hiddenSize: number) => ({ ...base.model, hiddenSize })
  it('counts U, W, two biases, V and c, whatever the window', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 90 }), (h, i, o) => {
      expect(parameterCount(spec(h), i, o)).toBe(h * h + h * i + 2 * h + o * h + o)
    }))
  })
  it('keeps two moments for Adam, one for momentum, none for plain SGD', () => {
    const sgd = { kind: 'sgd' as const, learningRate: 0.1, momentum: 0, nesterov: false, weightDecay: 0 }
    expect([momentsOf(base.training.optimizer), momentsOf({ ...sgd, momentum: 0.9 }), momentsOf(sgd)]).toEqual([2, 1, 0])
  })
  it('grows with window and batch in the activations only', () => {
    const estimate = (window: number, batchSize: number) => memoryEstimate({ ...base, training: { ...base.training, window, batchSize } }, 86, 86, window)
    const [one, two] = [estimate(64, 32), estimate(128, 32)]
    expect(two.parameters).toBe(one.parameters)
    expect(two.activations).toBe(2 * one.activations)
    expect(estimate(64, 64).activations).toBe(2 * one.activations)
    // 4 bytes · B·T · (1 token + 2·H + H + 2·86); parameters: value, gradient, two moments.
    expect(one.activations).toBe(4 * 32 * 64 * (1 + 3 * 128 + 2 * 86))
    expect(one.parameters).toBe(4 * 4 * parameterCount(base.model, 86, 86))
  })
})

describe('history', () => {
  it('undoes word by word, and forgets what was undone when something new is set', () => {
    let clock = 0
    const history = useHistory('a', 800, () => clock)
    history.set('ab', 'name')
    clock = 300
    history.set('abc', 'name')
    clock = 2000
    history.set('abcd', 'name')
    history.undo()
    expect(history.present.value).toBe('abc')
    history.undo()
    expect([history.present.value, history.canUndo.value]).toEqual(['a', false])
    history.redo()
    history.redo()
    expect([history.present.value, history.canRedo.value]).toEqual(['abcd', false])
    history.undo()
    history.set('x', 'other')
    expect(history.canRedo.value).toBe(false)
  })
  it('comes back to where it was, whatever is done', () => {
    fc.assert(fc.property(fc.array(fc.integer(), { minLength: 1, maxLength: 50 }), (values) => {
      const history = useHistory(0)
      for (const value of values) history.set(value)
      values.forEach(() => history.undo())
      expect(history.present.value).toBe(0)
      values.forEach(() => history.redo())
      expect(history.present.value).toBe(values.at(-1))
    }))
  })
})

describe('numbers as people type them', () => {
  it.each([['12', 12], ['1e-3', 0.001], ['0,5', 0.5], ['1 000', 1000], ['.5', 0.5], ['−3', -3], ['', null], [' ', null]])('%j is %j', (text, value) => {
    expect(parseNumber(text)).toBe(value)
  })
  it.each(['abc', '1.2.3', '0x10', 'Infinity', '1e', '--1', '1,000,000'])('%j is none', (text) => {
    expect(parseNumber(text)).toBeNaN()
  })
  it('are stepped without binary dust, inside the limits', () => {
    expect(stepNumber(0.1, 1, 0.2, false)).toBe(0.3)
    expect(stepNumber(0.001, 1, 'scale', false)).toBe(0.002)
    expect(stepNumber(0.001, -1, 'scale', true)).toBe(0.0001)
    expect(stepNumber(1, -1, 8, false, 1)).toBe(1)
    expect(stepNumber(null, 1, 8, false, 0)).toBe(8)
  })
})
