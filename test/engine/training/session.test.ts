import { describe, expect, it } from 'vitest'
import { createSession } from '@main/engine/training/session'
import { createOracleBackend } from '../oracle/oracle-backend'
import { addingData, addingExperiment, seriesData, seriesExperiment, textData, textExperiment } from './experiments'
import { record, steadyHost, training, validation } from './session-harness'

describe('a run', () => {
  it('learns a text, and tells loss, accuracy, norm and speed at every step', async () => {
    const run = await record({ experiment: textExperiment({ epochs: 12 }), data: textData() })
    const steps = training(run)
    expect(run.end).toBe('done')
    // lane = floor(69 / 3) = 23: four windows of 5.
    expect(run.session.plan).toEqual({ parameters: 7 * 5 + 7 * 7 + 14 + 5 * 7 + 5, stepsPerEpoch: 4, totalSteps: 48 })
    expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: 48 }, (_, index) => index + 1))
    expect(steps.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 48 }, (_, index) => Math.floor(index / 4)))
    expect(steps.at(-1)!.loss).toBeLessThan(steps[0]!.loss - 0.3)
    for (const metric of steps) {
      expect(metric.accuracy).toBeGreaterThanOrEqual(0)
      expect(metric.accuracy).toBeLessThanOrEqual(1)
      expect(metric.gradNorm).toBeGreaterThan(0)
      expect(metric.learningRate).toBe(0.01)
      expect(metric.tokensPerSecond! / metric.stepsPerSecond!).toBeCloseTo(15, 6)
    }
    const elapsed = steps.map(({ elapsedMs }) => elapsedMs!)
    expect(elapsed).toEqual([...elapsed].sort((a, b) => a - b))
  })

  it('tells the error of a regression in the data’s own units', async () => {
    const options = { experiment: addingExperiment({ maxSteps: 1 }), data: addingData() }
    const [plain, scaled] = [await record(options), await record({ ...options, unitScale: 250 })]
    expect(training(plain)[0]!.error).toBeGreaterThan(0)
    expect(training(scaled)[0]!.error! / training(plain)[0]!.error!).toBeCloseTo(250, 4)
    expect(validation(scaled)[0]!.error! / validation(plain)[0]!.error!).toBeCloseTo(250, 4)
    expect(training(plain)[0]!.accuracy).toBeUndefined()
  })

  it('ends at maxSteps or after the epochs, whichever comes first', async () => {
    expect(training(await record({ experiment: textExperiment({ epochs: 2, maxSteps: 3 }), data: textData() }))).toHaveLength(3)
    expect(training(await record({ experiment: textExperiment({ epochs: 2, maxSteps: 30 }), data: textData() }))).toHaveLength(8)
  })

  it('is the same for the same seed and another for another', async () => {
    const losses = async (seed: number) => training(await record({ experiment: addingExperiment({ seed }), data: addingData() })).map(({ loss }) => loss)
    expect(await losses(3)).toEqual(await losses(3))
    expect(await losses(4)).not.toEqual(await losses(3))
  })

  it('shuffles only when asked to', async () => {
    const losses = async (shuffle: boolean) => training(await record({ experiment: seriesExperiment({ shuffle }), data: seriesData() })).map(({ loss }) => loss)
    expect(await losses(true)).not.toEqual(await losses(false))
  })
})

describe('validation and checkpoints', () => {
  it('come each epoch, every so many steps, and at the end; the best is kept before the next step', async () => {
    const run = await record({ experiment: textExperiment({ epochs: 3, checkpointEvery: 5 }), data: textData() })
    expect(validation(run).map(({ step }) => step)).toEqual([4, 5, 8, 10, 12])
    expect(run.checkpoints.filter(({ reason }) => reason === 'periodic').map(({ checkpoint }) => checkpoint.progress.step)).toEqual([5, 10])
    expect(run.checkpoints.at(-1)!.reason).toBe('final')
    const losses = validation(run).map(({ loss }) => loss)
    expect(run.final.progress.best!.loss).toBe(Math.min(...losses))
    const best = run.checkpoints.filter(({ reason }) => reason === 'best')
    expect(best.map(({ checkpoint }) => checkpoint.progress.best!.step)).toEqual(best.map(({ checkpoint }) => checkpoint.progress.step))
  })

  it('look every validateEvery steps when that is set', async () => {
    const run = await record({ experiment: textExperiment({ epochs: 2, validateEvery: 3 }), data: textData() })
    expect(validation(run).map(({ step }) => step)).toEqual([3, 6, 8])
  })

  it('do without a validation part', async () => {
    const run = await record({ experiment: textExperiment({ epochs: 1 }), data: textData(70, 0) })
    expect(validation(run)).toEqual([])
    expect(run.final.progress.best).toBeNull()
  })

  it('leave training as it would be without them', async () => {
    const weights = async (validationTokens: number) => (await record({ experiment: textExperiment({ validateEvery: 1 }), data: textData(70, validationTokens) })).final.weights
    expect(await weights(23)).toEqual(await weights(0))
  })
})

describe('the last validation', () => {
  it('is over the whole part: the same loss whatever the batch', async () => {
    const losses = await Promise.all([1, 2, 5].map(async (batchSize) => {
      const one = await record({ experiment: addingExperiment({ epochs: 1, maxSteps: 1 }), data: addingData(10, 5) })
      const again = await record({ experiment: addingExperiment({ batchSize, epochs: 1, maxSteps: 1, optimizer: { kind: 'sgd', learningRate: 1e-30 } }), data: addingData(10, 5), initial: one.final.weights })
      return validation(again)[0]!.loss
    }))
    expect(losses[1]).toBeCloseTo(losses[0]!, 6)
    expect(losses[2]).toBeCloseTo(losses[0]!, 6)
  })
})

describe('timing', () => {
  it('leaves no trace in weights, moments, state or order', async () => {
    const options = { experiment: textExperiment({ epochs: 2 }), data: textData() }
    const expected = (await record(options)).final
    const session = await createSession(createOracleBackend({ variables: 'float32' }), options, steadyHost())
    expect(session.executor).toBeNull()
    expect(await session.time(4)).toBeGreaterThan(0)
    expect(session.executor).toBe('float64')
    const kept: unknown[] = []
    await session.run({ metric: () => undefined, checkpoint: async (checkpoint, reason) => { if (reason === 'final') kept.push(checkpoint) } })
    expect(kept).toEqual([{ ...expected, progress: { ...expected.progress, elapsedMs: expect.any(Number) as number } }])
  })
})
