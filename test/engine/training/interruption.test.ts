import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UnrollError } from '@shared/errors'
import type { Checkpoint } from '@main/engine/training/types'
import { createSession } from '@main/engine/training/session'
import { createOracleBackend } from '../oracle/oracle-backend'
import { addingData, addingExperiment, seriesData, seriesExperiment, textData, textExperiment } from './experiments'
import { record, steadyHost, training } from './session-harness'

const untimed = ({ progress, ...rest }: Checkpoint) => ({ ...rest, progress: { ...progress, elapsedMs: 0 } })

const kinds = [
  { name: 'a text with carried state, Adam', options: { experiment: textExperiment({ checkpointEvery: 3 }), data: textData() } },
  { name: 'shuffled windows of a series, SGD with momentum', options: { experiment: seriesExperiment({ checkpointEvery: 4 }), data: seriesData() } },
  { name: 'shuffled sequences of different lengths', options: { experiment: addingExperiment({ epochs: 4, checkpointEvery: 3 }), data: addingData() } },
]

describe.each(kinds)('stop and resume: $name', ({ options }) => {
  it('at any step ends in the very same weights, moments, state and best', async () => {
    const whole = await record(options)
    const total = whole.session.plan.totalSteps
    await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: total - 1 }), async (at) => {
      const first = await record(options, (step, session) => { if (step === at) session.stop() })
      expect(first.end).toBe('stopped')
      expect(first.final.progress.step).toBe(at)
      const second = await record({ ...options, checkpoint: first.final })
      expect(second.end).toBe('done')
      expect(untimed({ ...second.final, progress: { ...second.final.progress, best: null } })).toEqual(untimed({ ...whole.final, progress: { ...whole.final.progress, best: null } }))
      expect([...training(first), ...training(second)].map(({ loss }) => loss)).toEqual(training(whole).map(({ loss }) => loss))
    }), { numRuns: 12 })
  })

  it('goes on from every checkpoint it ever kept, as after a kill', async () => {
    const whole = await record(options)
    for (const { checkpoint } of whole.checkpoints) {
      const resumed = await record({ ...options, checkpoint })
      expect(untimed(resumed.final)).toEqual(untimed(whole.final))
    }
  })
})

describe('pause', () => {
  it('takes hold before the next step, keeps a checkpoint, and goes on as if nothing had been', async () => {
    const options = { experiment: textExperiment(), data: textData() }
    const whole = await record(options)
    let paused = 0
    const run = await record(options, (step, session) => {
      if (step !== 5) return
      session.pause()
      setTimeout(() => { paused = step; session.resume() }, 30)
    })
    expect(paused).toBe(5)
    expect(run.checkpoints.find(({ reason }) => reason === 'final')!.checkpoint.progress.step).toBe(5)
    expect(run.end).toBe('done')
    expect(run.final.weights).toEqual(whole.final.weights)
  })

  it('can be followed by a stop', async () => {
    const run = await record({ experiment: textExperiment(), data: textData() }, (step, session) => {
      if (step !== 2) return
      session.pause()
      setTimeout(() => { session.stop() }, 10)
    })
    expect(run.end).toBe('stopped')
    expect(run.final.progress.step).toBe(2)
  })

  it('is not counted as training time', async () => {
    const clock = steadyHost()
    let asleep = 0
    const host = { now: () => clock.now() + asleep, yieldToHost: () => clock.yieldToHost() }
    const run = await record({ experiment: textExperiment({ maxSteps: 4 }), data: textData() }, (step, session) => {
      if (step !== 2) return
      session.pause()
      setTimeout(() => {
        asleep = 1e6
        session.resume()
      }, 10)
    }, undefined, host)
    expect(run.end).toBe('done')
    expect(run.final.progress.elapsedMs).toBeLessThan(1e3)
  })
})

describe('messages from outside', () => {
  it('arrive during a long run: a stop set by a timer ends it', async () => {
    const backend = createOracleBackend({ variables: 'float32' })
    const session = await createSession(backend, { experiment: textExperiment({ epochs: 100_000 }), data: textData() })
    const started = performance.now()
    setTimeout(() => { session.stop() }, 60)
    expect(await session.run({ metric: () => undefined, checkpoint: async () => undefined })).toBe('stopped')
    expect(performance.now() - started).toBeLessThan(2000)
  })

  it('a session disposed of while it runs ends without another checkpoint, and is not run again', async () => {
    const options = { experiment: textExperiment({ epochs: 100_000, checkpointEvery: 1_000_000, validateEvery: 1_000_000 }), data: textData() }
    const session = await createSession(createOracleBackend({ variables: 'float32' }), options, steadyHost())
    const reasons: string[] = []
    const events = { metric: ({ step }: { step: number }) => { if (step === 3) void session.dispose() }, checkpoint: async (_: Checkpoint, reason: string) => { reasons.push(reason) } }
    expect(await session.run(events)).toBe('stopped')
    expect(reasons).toEqual([])
    await expect(session.run(events)).rejects.toThrow('after it was disposed of')
  })

  it('weights asked for meanwhile are those of one step, not of two', async () => {
    const asked: Promise<unknown>[] = []
    const options = { experiment: textExperiment({ validateEvery: 1000 }), data: textData() }
    const run = await record(options, (step, session) => { if (step === 5) asked.push(session.weights()) })
    const atFive = await record({ ...options, experiment: textExperiment({ validateEvery: 1000, maxSteps: 5 }) })
    expect(run.end).toBe('done')
    expect(await asked[0]).toEqual(atFive.final.weights)
  })
})

describe('divergence', () => {
  it('is caught at its step, says what to try, and leaves the variables as before it', async () => {
    const experiment = seriesExperiment({ clipNorm: null, epochs: 100, optimizer: { kind: 'sgd', learningRate: 99 } })
    const relu = { ...experiment, model: { ...experiment.model, activation: 'relu' as const } }
    const backend = createOracleBackend({ variables: 'float32' })
    const session = await createSession(backend, { experiment: relu, data: seriesData() }, steadyHost())
    const losses: number[] = []
    const kept: Checkpoint[] = []
    const error: unknown = await session.run({
      metric: ({ split, loss }) => { if (split === 'train') losses.push(loss) },
      checkpoint: async (checkpoint) => { kept.push(checkpoint) },
    }).catch((reason: unknown) => reason)
    if (!(error instanceof UnrollError)) throw new Error(`expected an UnrollError, found ${String(error)}`)
    expect(error.code).toBe('numeric.non-finite')
    expect(error.where?.step).toBe(losses.length + 1)
    expect(error.hint).toContain('try 9.9')
    expect(losses.every(Number.isFinite)).toBe(true)
    expect(kept.at(-1)!.progress.step).toBe(losses.length)
    expect(await session.weights()).toEqual(kept.at(-1)!.weights)
  })
})

describe('what is refused before the first step', () => {
  const codeOf = (work: Promise<unknown>) => work.then(() => 'no error', (error: unknown) => (error instanceof UnrollError ? error.code : String(error)))
  const create = (options: Parameters<typeof createSession>[1]) => codeOf(createSession(createOracleBackend(), options))

  it('names the reason', async () => {
    const text = textExperiment()
    expect(await create({ experiment: { ...text, model: { ...text.model, init: 'identity', cell: 'gru' } }, data: textData() })).toBe('experiment.unsupported')
    expect(await create({ experiment: { ...text, task: { ...text.task, loss: 'mse' } }, data: textData() })).toBe('experiment.mismatch')
    expect(await create({ experiment: { ...text, model: { ...text.model, init: 'weights.safetensors' } }, data: textData() })).toBe('experiment.mismatch')
    expect(await create({ experiment: text, data: textData(9) })).toBe('dataset.too-short')
    const { final } = await record({ experiment: textExperiment({ maxSteps: 1 }), data: textData() })
    expect(await create({ experiment: { ...text, model: { ...text.model, hiddenSize: 9 } }, data: textData(), checkpoint: final })).toBe('shape.mismatch')
  })
})
