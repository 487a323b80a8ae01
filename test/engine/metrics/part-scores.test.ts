import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { experimentSchema, type ExperimentInput } from '@shared/experiment/schema'
import type { Metric } from '@shared/metrics'
import type { Backend } from '@main/engine/backends/backend'
import { createWasmBackend } from '@main/engine/backends/wasm/wasm-backend'
import { partScores } from '@main/engine/metrics/part-scores'
import { Random } from '@main/engine/random'
import type { PreparedData, SequencePart } from '@main/engine/training/prepared-data'
import { createSession } from '@main/engine/training/session'
import type { Weights } from '@main/engine/training/types'

let backend: Backend
beforeAll(async () => { backend = await createWasmBackend() })
afterAll(() => backend.dispose())

const experimentOf = (data: ExperimentInput['data'], task: ExperimentInput['task'], training: ExperimentInput['training']) =>
  experimentSchema.parse({ unroll: 1, name: 'test', data, task, model: { cell: 'gru', hiddenSize: 5 }, training: { ...training, epochs: 1 } })

/** Trains for an epoch; what its last validation said, and the weights it was said of. */
async function trained(experiment: ReturnType<typeof experimentOf>, data: PreparedData, unitScale = 1): Promise<{ last: Metric; weights: Weights }> {
  const session = await createSession(backend, { experiment, data, unitScale })
  let last: Metric | undefined
  await session.run({ metric: (metric) => { if (metric.split === 'validation') last = metric }, checkpoint: async () => {} })
  const weights = await session.weights()
  await session.dispose()
  return { last: last!, weights }
}

describe('the figures of a part agree with its evaluation', () => {
  it('classes at every step, of sequences of several lengths: padding counts for nothing', async () => {
    const random = new Random(1)
    const part = (count: number): SequencePart => {
      const lengths = Int32Array.from({ length: count }, () => 1 + random.below(7))
      return { count, x: Int32Array.from({ length: count * 7 }, () => random.below(4)), y: Int32Array.from({ length: count * 7 }, () => random.below(3)), lengths }
    }
    const data: PreparedData = { form: 'sequences', input: 'tokens', target: 'classes', inputSize: 4, outputSize: 3, steps: 7, train: part(40), validation: part(23), test: part(0) }
    const experiment = experimentOf({ kind: 'tensors', source: 'x' }, { output: 'every-step', loss: 'cross-entropy' }, { batchSize: 8 })
    const { last, weights } = await trained(experiment, data)
    const found = (await partScores(backend, { experiment, weights, data, part: 'validation' }))!
    expect(found.scores.accuracy).toBeCloseTo(last.accuracy!, 12)
    expect(found.confusion!.counts.reduce((sum, count) => sum + count, 0)).toBe(data.validation.lengths!.reduce((sum, length) => sum + length, 0))
    expect(found.legality).toBeNull()
    expect(await partScores(backend, { experiment, weights, data, part: 'test' })).toBeNull()
  })

  it('a series, state carried along its lanes, in its own units', async () => {
    const rows = (from: number, count: number) => {
      const values = Float32Array.from({ length: count + 1 }, (_, at) => Math.sin((from + at) / 4))
      return { rows: count, inputs: values.subarray(0, count), targets: values.subarray(1) }
    }
    const data: PreparedData = { form: 'values', inputSize: 1, outputSize: 1, horizon: 1, train: rows(0, 200), validation: rows(200, 61), test: rows(261, 0) }
    const experiment = experimentOf({ kind: 'series', source: 'x', columns: ['x'], target: ['x'] }, { output: 'every-step', loss: 'mse' }, { window: 10, batchSize: 4 })
    const { last, weights } = await trained(experiment, data, 30)
    const measure = { offset: 100, scale: 30, naiveError: 5 }
    const { scores, confusion } = (await partScores(backend, { experiment, weights, data, part: 'validation', measure }))!
    expect(scores.error).toBeCloseTo(last.error!, 4)
    expect(scores.rmse).toBeCloseTo(30 * Math.sqrt(last.loss), 4)
    expect(scores.mase).toBeCloseTo(scores.error! / 5, 12)
    // Values of 70 to 130: the percentage is near the error itself.
    expect(scores.smape! / scores.error!).toBeGreaterThan(0.7)
    expect(scores.smape! / scores.error!).toBeLessThan(1.5)
    expect(confusion).toBeNull()
  })
})
