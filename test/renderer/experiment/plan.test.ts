import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { trainingPlan } from '@shared/experiment/plan'
import type { Experiment } from '@shared/experiment/schema'
import { trainingBatches } from '@main/engine/training/batches'
import type { PreparedData } from '@main/engine/training/prepared-data'
import { fakeDataset } from '../support/fake-runs'

const training = fc.record({ window: fc.integer({ min: 1, max: 40 }), batchSize: fc.integer({ min: 1, max: 20 }), carryState: fc.boolean() })
const empty = { rows: 0, inputs: new Float32Array(), targets: new Float32Array() }
const none = { count: 0, x: new Float32Array(), y: new Float32Array(), lengths: null }
const tokens = (count: number): PreparedData => ({ form: 'tokens', vocabulary: 2, train: new Int32Array(count), validation: new Int32Array(), test: new Int32Array() })
const values = (rows: number): PreparedData => ({ form: 'values', inputSize: 1, outputSize: 1, horizon: 1, train: { rows, inputs: new Float32Array(rows), targets: new Float32Array(rows) }, validation: empty, test: empty })
const sequences = (count: number): PreparedData => ({
  form: 'sequences', input: 'values', target: 'values', inputSize: 2, outputSize: 1, steps: 50,
  train: { count, x: new Float32Array(count * 100), y: new Float32Array(count), lengths: null }, validation: none, test: none,
})

/** Batches an epoch as the engine lays them out; 0 where it refuses. */
function engineBatches(data: PreparedData, experiment: Experiment): number {
  try {
    return trainingBatches(data, experiment).layout.batches
  } catch (error) {
    expect(error).toMatchObject({ code: 'dataset.too-short' })
    return 0
  }
}

describe('the plan on the form', () => {
  it.each([
    ['text', (count: number) => tokens(count)],
    ['series', (count: number) => values(Math.max(0, count - 1))],
    ['generated', (count: number) => sequences(count)],
  ] as const)('has the engine\'s steps per epoch for %s', (kind, dataOf) => {
    const { experiment } = fakeDataset(kind)
    fc.assert(fc.property(training, fc.integer({ min: 0, max: 1500 }), (changes, count) => {
      const changed = { ...experiment, training: { ...experiment.training, ...changes } }
      expect(trainingPlan(changed, count).stepsPerEpoch).toBe(engineBatches(dataOf(count), changed))
    }))
  })
})
