import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '@main/engine/backends/backend'
import { createGpuBackend } from '@main/engine/backends/gpu/gpu-backend'
import { fusedPlan } from '@main/engine/backends/gpu/fused-plan'
import { createSession } from '@main/engine/training/session'
import type { SessionOptions } from '@main/engine/training/types'
import { countGpu, gpuJsDevice } from '../support/count-gpu'
import { webGpuMissing } from '../support/node-webgpu'
import { seriesData, seriesExperiment, textData, textExperiment } from './training/experiments'
import { record, steadyHost, training } from './training/session-harness'

const missing = await webGpuMissing()

/** Text with carried state and clipping, twelve steps without anything between them. */
const text = (training: object = {}): SessionOptions => ({
  experiment: textExperiment({ epochs: 100, maxSteps: 12, checkpointEvery: 1000, validateEvery: 1000, clipNorm: 1, optimizer: { kind: 'adam', learningRate: 0.01 }, ...training }), data: textData(600),
})

/** A host whose steps all take longer than a step that another may be begun after. */
function slowHost() {
  let time = 0
  return { ...steadyHost(), now: () => time += 1000 }
}

describe.skipIf(missing)(`training with everything on the GPU${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let backend: Backend
  let device: GPUDevice
  beforeAll(async () => {
    backend = await createGpuBackend({ mode: 'webgpu' })
    device = await gpuJsDevice()
  })
  afterAll(() => backend.dispose())

  it.each([{ name: 'steps one by one', host: slowHost }, { name: 'steps begun ahead', host: steadyHost }])('$name: one submit and one small read-back a step, no buffer and no binding made, weights not uploaded', async ({ host }) => {
    const options = text()
    let watch: ReturnType<typeof countGpu> | null = countGpu(device)
    const seen: ReturnType<ReturnType<typeof countGpu>['counts']>[] = []
    const run = await record(options, () => { seen.push(watch!.counts()) }, backend, host())
    watch.restore()
    watch = null
    expect(run.end).toBe('done')
    expect(seen).toHaveLength(12)
    // After the first steps, and before the last one, behind which nothing is begun.
    for (const counts of seen.slice(4, -1)) {
      expect(counts).toMatchObject({ submits: 1, passes: 1, readBacks: 1, buffers: 0, bindGroups: 0 })
      expect(counts.bytesRead).toBe(3 * 4)
      expect(counts.dispatches).toBeGreaterThan(20)
      const { window, batchSize } = options.experiment.training
      // x and y, the order of x and where its tokens start; lengths, scale, hyper. The weights and moments are far more.
      expect(counts.bytesUploaded).toBeLessThan(4 * (3 * window * batchSize + 100 + batchSize + 10))
    }
  })

  it('the next batch is uploaded and submitted while a step runs', async () => {
    const watch = countGpu(device)
    await record(text(), undefined, backend, steadyHost())
    const events = watch.events()
    watch.restore()
    // Read-backs under way when a step is submitted: that of the step before.
    let under = 0
    const waiting: number[] = []
    for (const event of events) {
      if (event === 'submit') waiting.push(under)
      else under += event === 'map' ? 1 : -1
    }
    // On a busy machine now and then a read-back is over before the next step is submitted.
    expect(waiting.filter((count) => count === 1).length).toBeGreaterThanOrEqual(6)
    expect(Math.max(...waiting)).toBe(1)
  })

  it.each([
    { name: 'a text with carried state, Adam', options: text() },
    { name: 'shuffled windows of a series, SGD with momentum', options: { experiment: seriesExperiment({ checkpointEvery: 4 }), data: seriesData() } },
  ])('beginning ahead changes no bit: $name', async ({ options }) => {
    const [ahead, apart] = [await record(options, undefined, backend, steadyHost()), await record(options, undefined, backend, slowHost())]
    expect(training(ahead).map(({ loss, gradNorm }) => [loss, gradNorm])).toEqual(training(apart).map(({ loss, gradNorm }) => [loss, gradNorm]))
    expect(ahead.final.weights).toEqual(apart.final.weights)
    expect(ahead.final.optimizer).toEqual(apart.final.optimizer)
    expect(ahead.final.carried).toEqual(apart.final.carried)
  })

  it('stopped anywhere with a step begun ahead, it goes on to the same bits', async () => {
    const whole = await record(text(), undefined, backend, steadyHost())
    for (const at of [1, 2, 7, 11]) {
      const first = await record(text(), (step, session) => { if (step === at) session.stop() }, backend, steadyHost())
      expect([first.end, first.final.progress.step]).toEqual(['stopped', at])
      const second = await record({ ...text(), checkpoint: first.final }, undefined, backend, steadyHost())
      expect(second.final.weights).toEqual(whole.final.weights)
      expect(second.final.optimizer).toEqual(whole.final.optimizer)
      expect(second.final.carried).toEqual(whole.final.carried)
    }
  })

  it('paused, and looked at while it runs, it goes on as if nothing had been', async () => {
    const whole = await record(text(), undefined, backend, steadyHost())
    const looks: Promise<unknown>[] = []
    const run = await record(text(), (step, session) => {
      if (step === 3 || step === 8) looks.push(session.weights())
      if (step !== 5) return
      session.pause()
      setTimeout(() => session.resume(), 30)
    }, backend, steadyHost())
    expect(await Promise.all(looks)).toHaveLength(2)
    expect(run.checkpoints.find(({ reason }) => reason === 'final')!.checkpoint.progress.step).toBe(5)
    expect(run.final.weights).toEqual(whole.final.weights)
    expect(run.final.optimizer).toEqual(whole.final.optimizer)
  })

  it('a step that is no number leaves everything as before it, though the next one was begun', async () => {
    // A value so large that the loss overflows, met at the fourth batch only.
    const data = seriesData(200)
    if (data.form !== 'values') throw new Error('The series is one of numbers.')
    data.train.targets[3 * 6 + 1] = 3e38
    const options: SessionOptions = { experiment: seriesExperiment({ shuffle: false, carryState: true, epochs: 3, checkpointEvery: 1000, validateEvery: 1000, clipNorm: 1 }), data }
    const before = await record({ ...options, experiment: { ...options.experiment, training: { ...options.experiment.training, maxSteps: 3 } } }, undefined, backend, slowHost())
    const session = await createSession(backend, options, steadyHost())
    const kept: { step: number; weights: unknown; optimizer: unknown; carried: unknown }[] = []
    await expect(session.run({
      metric: () => {},
      checkpoint: async ({ weights, optimizer, carried, progress: { step } }) => { kept.push({ step, weights, optimizer, carried }) },
    })).rejects.toMatchObject({ code: 'numeric.non-finite', where: { step: 4 } })
    expect(kept.at(-1)).toEqual({ step: 3, weights: before.final.weights, optimizer: before.final.optimizer, carried: before.final.carried })
    await session.dispose()
  })

  it('a plan held otherwise than expected is refused, saying how', () => {
    expect(fusedPlan(undefined)).toMatch(/otherwise than version 2\.24/)
    const plan = { kind: 'fused-encoder', _device: {}, _passes: [], _argRegions: new Map(), _paramsRecords: [], _resultReads: [{ kind: 'arg', index: 0 }] }
    expect(fusedPlan(plan)).toBe('a result is no kernel\'s output')
    expect(fusedPlan({ ...plan, _paramsRecords: [{ perCall: true }], _resultReads: [] })).toBe('a kernel takes numbers anew at each run')
    expect(fusedPlan({ ...plan, _resultReads: [] })).toMatchObject({ passes: [], results: [] })
  })
})
