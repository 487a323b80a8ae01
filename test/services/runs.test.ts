import { existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fromMetricBlock } from '@shared/rpc/metric-block'
import type { Dataset } from '@shared/rpc/schemas'
import type { Experiment } from '@shared/experiment/schema'
import type { ComputeWorker } from '@main/services/host-capabilities'
import { temporaryFolder } from '../support/temporary-folder'
import { linesOf, openServices } from './open-services'
import { slower } from './slower-worker'

const small = (dataset: Dataset, training: Partial<Experiment['training']> = {}): Experiment => ({
  ...dataset.experiment,
  model: { ...dataset.experiment.model, hiddenSize: 24 },
  training: { ...dataset.experiment.training, window: 20, batchSize: 10, epochs: 100_000, maxSteps: 100, checkpointEvery: 20, validateEvery: 25, ...training },
})
const endless = { maxSteps: null }

test('a run is prepared, trains and is done; windows are told of all of it', async () => {
  const { importText, call, until, told, home } = await openServices(temporaryFolder())
  const dataset = await importText()
  const { id } = await call('runs.start', { datasetId: dataset.id, experiment: small(dataset) })
  const run = await until(id, ({ state }) => state === 'done')
  expect(run).toMatchObject({ datasetId: dataset.id, step: 100, totalSteps: 100, error: null, unit: null })
  expect(run.device).toMatch(/^WebAssembly .*auto: no GPU answers here: left out in this test/)
  expect(run.parameters).toBeGreaterThan(1000)
  expect(run.baselines.length).toBeGreaterThan(0)
  expect(run.best!.loss).toBeLessThan(4)

  const metrics = fromMetricBlock(await call('runs.metrics', { id, from: 0 }))
  expect(metrics.filter(({ split }) => split === 'train').map(({ step }) => step)).toEqual(Array.from({ length: 100 }, (_, at) => at + 1))
  expect(fromMetricBlock(await call('runs.metrics', { id, from: 90 }))).toEqual(metrics.slice(90))
  expect(linesOf(join(home, 'runs', id, 'metrics.jsonl')).map((line) => JSON.parse(line) as unknown)).toEqual(metrics)
  // The events, laid end to end, are the same lines.
  const events = told('run.metrics')
  expect(events.flatMap((event) => event.metrics)).toEqual(metrics)
  expect(events.map(({ from }) => from)).toEqual(events.map((_, at) => events.slice(0, at).reduce((sum, { metrics: { length } }) => sum + length, 0)))
  const states = told('run.changed').map((event) => event.run.state)
  expect(states.filter((state, at) => state !== states[at - 1])).toEqual(['preparing', 'running', 'done'])
})

test('how the gradient goes back through time is kept, told, and after a break told once', async () => {
  const { importText, call, until, told, home } = await openServices(temporaryFolder())
  const dataset = await importText()
  const { id } = await call('runs.start', { datasetId: dataset.id, experiment: small(dataset, { ...endless, gradientFlowEvery: 10, checkpointEvery: 1_000_000, validateEvery: 1_000_000 }) })
  await until(id, ({ step }) => step > 35)
  const { step: stopped } = await call('runs.stop', { id })
  const file = join(home, 'runs', id, 'gradient-flow.jsonl')
  // Lines of steps that the newest checkpoint doesn't know, as a kill leaves them, and a torn one.
  writeFileSync(file, `${readFileSync(file, 'utf8')}${JSON.stringify({ step: stopped + 1, epoch: 0, lags: [0], flow: { h_l0: [1] } })}\n{"step":`)
  await call('runs.resume', { id })
  await until(id, ({ step }) => step > stopped + 25)
  const end = await call('runs.stop', { id })

  const lines = await call('runs.gradientFlow', { id })
  expect(lines.map(({ step }) => step)).toEqual(Array.from({ length: Math.floor(end.step / 10) }, (_, at) => 10 * (at + 1)))
  expect(linesOf(file).map((line) => JSON.parse(line) as unknown)).toEqual(lines)
  expect(told('run.gradientFlow')).toEqual(lines.map((line) => ({ id, line })))
  expect(lines[0]!.lags.at(-1)).toBe(19)
  expect(lines[0]!.flow['h_l0']).toHaveLength(20)
  const measured = fromMetricBlock(await call('runs.metrics', { id, from: 0 })).filter(({ gradReach }) => gradReach !== undefined)
  expect(measured.map(({ step }) => step)).toEqual(lines.map(({ step }) => step))
})

test('metrics are told at most 20 times a second', async () => {
  const { importText, call, until, told, services } = await openServices(temporaryFolder())
  const dataset = await importText()
  const times: number[] = []
  services.subscribe((event) => { if (event === 'run.metrics') times.push(performance.now()) })
  const { id } = await call('runs.start', { datasetId: dataset.id, experiment: small(dataset, { ...endless, checkpointEvery: 100_000, validateEvery: 100_000 }) })
  await until(id, () => times.length >= 20)
  await call('runs.stop', { id })
  expect(told('run.metrics').flatMap(({ metrics }) => metrics).length).toBeGreaterThan(100)
  expect((times[19]! - times[0]!) / 19).toBeGreaterThan(45)
})

test('pause holds it, resume goes on, stop keeps what was learned, resume goes on from there', async () => {
  const { importText, call, until, home } = await openServices(temporaryFolder())
  const dataset = await importText()
  const { id } = await call('runs.start', { datasetId: dataset.id, experiment: small(dataset, endless) })
  await until(id, ({ step }) => step > 10)
  expect(await call('runs.pause', { id })).toMatchObject({ state: 'paused' })
  await new Promise((resolve) => { setTimeout(resolve, 200) })
  const held = await call('runs.get', { id })
  await new Promise((resolve) => { setTimeout(resolve, 200) })
  expect((await call('runs.get', { id })).step).toBe(held.step)
  expect(await call('runs.resume', { id })).toMatchObject({ state: 'running' })
  await until(id, ({ step }) => step > held.step + 10)
  const stopped = await call('runs.stop', { id })
  expect(stopped.state).toBe('stopped')
  expect(readdirSync(join(home, 'runs', id, 'checkpoints'))).toContain(`step-${String(stopped.step).padStart(6, '0')}.safetensors`)

  await call('runs.resume', { id })
  await until(id, ({ state, step }) => state === 'running' && step > stopped.step)
  await call('runs.stop', { id })
  const steps = fromMetricBlock(await call('runs.metrics', { id, from: 0 })).filter(({ split }) => split === 'train').map(({ step }) => step)
  expect(steps).toEqual(steps.map((_, at) => at + 1))
})

test('one run trains at a time: the second waits and says for what', async () => {
  const { importText, call, until } = await openServices(temporaryFolder())
  const dataset = await importText()
  const first = await call('runs.start', { datasetId: dataset.id, experiment: small(dataset, endless) })
  await until(first.id, ({ state }) => state === 'running')
  const second = await call('runs.start', { datasetId: dataset.id, experiment: { ...small(dataset, endless), name: 'The second' } })
  expect(second).toMatchObject({ state: 'preparing', device: `Waiting until "${first.name}" has ended or is paused` })
  // A third that is stopped while it waits never trains.
  const third = await call('runs.start', { datasetId: dataset.id, experiment: small(dataset, endless) })
  expect(await call('runs.stop', { id: third.id })).toMatchObject({ state: 'stopped', step: 0 })
  await call('runs.pause', { id: first.id })
  await until(second.id, ({ state }) => state === 'running')
  await expect(call('runs.resume', { id: first.id })).rejects.toMatchObject({ code: 'run.busy', message: expect.stringContaining('The second') as string })
  await call('runs.stop', { id: second.id })
  expect(await call('runs.resume', { id: first.id })).toMatchObject({ state: 'running' })
  await call('runs.stop', { id: first.id })
})

describe('a run whose process is gone', () => {
  test('is interrupted at the next start and can be resumed', async () => {
    const folder = temporaryFolder()
    const before = await openServices(folder)
    const dataset = await before.importText()
    const { id } = await before.call('runs.start', { datasetId: dataset.id, experiment: small(dataset) })
    const done = await before.until(id, ({ state }) => state === 'done')
    await before.services.close()
    // As a kill would have left it.
    const file = join(folder, 'runs', id, 'run.json')
    writeFileSync(file, readFileSync(file, 'utf8').replace('"done"', '"running"'))
    writeFileSync(join(folder, 'runs', id, 'experiment.json'), JSON.stringify({ ...done.experiment, training: { ...done.experiment.training, maxSteps: 120 } }))

    const after = await openServices(folder)
    expect(await after.call('runs.get', { id })).toMatchObject({ state: 'interrupted', step: 100 })
    await after.call('runs.resume', { id })
    expect(await after.until(id, ({ state }) => state === 'done')).toMatchObject({ step: 120 })
    expect(fromMetricBlock(await after.call('runs.metrics', { id, from: 0 })).filter(({ split }) => split === 'train')).toHaveLength(120)
  })

  test('by closing keeps a checkpoint', async () => {
    const folder = temporaryFolder()
    const before = await openServices(folder)
    const dataset = await before.importText()
    const { id } = await before.call('runs.start', { datasetId: dataset.id, experiment: small(dataset, { ...endless, checkpointEvery: 100_000 }) })
    await before.until(id, ({ step }) => step > 5)
    await before.services.close()
    const after = await openServices(folder)
    const { state, step } = await after.call('runs.get', { id })
    expect(state).toBe('interrupted')
    expect(existsSync(join(folder, 'runs', id, 'checkpoints', `step-${String(step).padStart(6, '0')}.safetensors`))).toBe(true)
  })
})

test('a worker that dies fails its run with a sentence; its last checkpoint is gone on from', async () => {
  const workers: { worker: ComputeWorker; die: (reason: string) => void }[] = []
  const { importText, call, until } = await openServices(temporaryFolder(), (host) => ({
    ...host,
    async startCompute(kind) {
      const worker = await host.startCompute(kind)
      const listeners: ((reason: string) => void)[] = []
      workers.push({ worker, die: (reason) => { for (const listener of listeners) listener(reason) } })
      return { ...worker, onExit: (listener) => { listeners.push(listener) } }
    },
  }))
  const dataset = await importText()
  const { id } = await call('runs.start', { datasetId: dataset.id, experiment: small(dataset, { ...endless, checkpointEvery: 10 }) })
  await until(id, ({ step }) => step > 30)
  await workers[0]!.worker.terminate()
  workers[0]!.die('out of memory')
  const failed = await until(id, ({ state }) => state === 'failed')
  expect(failed.error).toMatchObject({ code: 'compute.died', message: expect.stringContaining('out of memory') as string, hint: expect.stringMatching(/last checkpoint/) as string })
  await call('runs.resume', { id })
  expect(await until(id, ({ state, step }) => state === 'running' && step > failed.step)).toMatchObject({ error: null })
  await call('runs.stop', { id })
})

test('what cannot be trained is refused before a run is made', async () => {
  const { importText, call } = await openServices(temporaryFolder())
  const dataset = await importText()
  const experiment = small(dataset)
  await expect(call('runs.start', { datasetId: dataset.id, experiment: { ...experiment, model: { ...experiment.model, forgetBias: 1 } } })).rejects.toMatchObject({ code: 'experiment.unsupported' })
  await expect(call('runs.start', { datasetId: 'nothing-here', experiment })).rejects.toMatchObject({ code: 'dataset.not-found' })
  await expect(call('runs.start', { datasetId: dataset.id, experiment: { ...experiment, model: { ...experiment.model, init: '../../secret.safetensors' } } })).rejects.toMatchObject({ code: 'init.outside' })
  expect(await call('runs.list')).toEqual([])
})

test('a window cannot point a run at another file', async () => {
  const { importText, call, until } = await openServices(temporaryFolder())
  const dataset = await importText()
  const experiment = small(dataset)
  const { id } = await call('runs.start', { datasetId: dataset.id, experiment: { ...experiment, data: { kind: 'text', source: '/etc/passwd', unit: 'char', validation: 0.1, test: 0.1 } } })
  expect(await until(id, ({ state }) => state === 'done')).toMatchObject({ experiment: { data: { source: 'data' } } })
})

test('a loss that is no number ends the run with a sentence', async () => {
  const { importText, call, until } = await openServices(temporaryFolder())
  const dataset = await importText()
  const experiment = small(dataset, { ...endless, clipNorm: null, optimizer: { kind: 'sgd', learningRate: 100, momentum: 0.99, nesterov: false, weightDecay: 0 } })
  const { id } = await call('runs.start', { datasetId: dataset.id, experiment: { ...experiment, model: { ...experiment.model, activation: 'relu' } } })
  const { error } = await until(id, ({ state }) => state === 'failed')
  expect(error).toMatchObject({ code: 'numeric.non-finite' })
})

test('a removed run comes back with all it had', async () => {
  const { importText, call, until } = await openServices(temporaryFolder())
  const dataset = await importText()
  const { id } = await call('runs.start', { datasetId: dataset.id, experiment: small(dataset) })
  const run = await until(id, ({ state }) => state === 'done')
  await call('runs.remove', { id })
  await expect(call('runs.get', { id })).rejects.toMatchObject({ code: 'run.not-found' })
  expect(await call('runs.restore', { id })).toMatchObject({ id, state: 'done', step: 100, best: run.best })
})

describe('a run whose run.json is torn', () => {
  test('is listed as damaged with what can be done; the others are used, and it is too when the file is back', async () => {
    const folder = temporaryFolder()
    const before = await openServices(folder)
    const dataset = await before.importText()
    const runs = [await before.call('runs.start', { datasetId: dataset.id, experiment: small(dataset, { maxSteps: 20 }) }), await before.call('runs.start', { datasetId: dataset.id, experiment: { ...small(dataset, { maxSteps: 20 }), name: 'Torn' } })]
    for (const { id } of runs) await before.until(id, ({ state }) => state === 'done')
    await before.services.close()
    const [whole, torn] = runs.map(({ id }) => id) as [string, string]
    const file = join(folder, 'runs', torn, 'run.json')
    const written = readFileSync(file, 'utf8')
    writeFileSync(file, written.slice(0, 200))

    const after = await openServices(folder)
    expect((await after.call('runs.list')).map(({ id }) => id)).toEqual([whole])
    const damage = { code: 'run.unreadable', message: expect.stringMatching(/run\.json can't be read: it isn't whole \(.*\)\.$/) as string, hint: expect.stringContaining('from a copy') as string }
    expect(await after.call('runs.damaged')).toEqual([{ id: torn, name: 'Torn', error: damage }])
    for (const method of ['runs.get', 'runs.recheck', 'runs.metrics'] as const) await expect(after.call(method, { id: torn, from: 0 })).rejects.toMatchObject(damage)

    // Removed and brought back it is what it was.
    await after.call('runs.remove', { id: torn })
    expect(await after.call('runs.damaged')).toEqual([])
    expect(await after.call('runs.restore', { id: torn })).toBeNull()
    expect(await after.call('runs.damaged')).toHaveLength(1)

    writeFileSync(file, written)
    expect(await after.call('runs.recheck', { id: torn })).toMatchObject({ id: torn, name: 'Torn', state: 'done', step: 20 })
    expect(await after.call('runs.damaged')).toEqual([])
    expect(await after.call('runs.list')).toHaveLength(2)
  })

  test('or holds something else says which key', async () => {
    const folder = temporaryFolder()
    const before = await openServices(folder)
    const dataset = await before.importText()
    const { id } = await before.call('runs.start', { datasetId: dataset.id, experiment: small(dataset, { maxSteps: 20 }) })
    await before.until(id, ({ state }) => state === 'done')
    await before.services.close()
    const file = join(folder, 'runs', id, 'run.json')
    writeFileSync(file, readFileSync(file, 'utf8').replace('"done"', '"finished"'))
    const after = await openServices(folder)
    expect((await after.call('runs.damaged'))[0]!.error.message).toMatch(/run\.json can't be read: "state" isn't what Unroll writes \(.*\)\.$/)
  })
})

test('weights that were removed are told from weights that never were', async () => {
  const { importText, call, until, home } = await openServices(temporaryFolder())
  const dataset = await importText()
  const { id } = await call('runs.start', { datasetId: dataset.id, experiment: small(dataset, { maxSteps: 40 }) })
  await until(id, ({ state }) => state === 'done')
  const never = await call('runs.start', { datasetId: dataset.id, experiment: { ...small(dataset), model: { ...dataset.experiment.model, init: 'missing.safetensors' } } })
  await until(never.id, ({ state }) => state === 'failed')
  const ask = (run: string) => call('playground.text', { id: run, prompt: 'the', length: 5, temperature: 1, seed: 1 })
  await expect(ask(never.id)).rejects.toMatchObject({ code: 'run.no-weights', message: expect.stringContaining('ended before its first checkpoint') as string })
  for (const name of ['best', 'weights']) rmSync(join(home, 'runs', id, `${name}.safetensors`))
  await expect(ask(id)).rejects.toMatchObject({ code: 'run.weights-gone', message: expect.stringContaining('weights were removed') as string, hint: expect.stringMatching(/copy, or choose a checkpoint that is still there \(step 20, 40\)\./) as string })
  rmSync(join(home, 'runs', id, 'checkpoints'), { recursive: true })
  await expect(ask(id)).rejects.toMatchObject({ code: 'run.weights-gone', hint: 'Put them back from a copy, or train the run again.' })
})

test('a run whose checkpoints were removed keeps its measurements, and goes on once they are back', async () => {
  const { importText, call, until, home } = await openServices(temporaryFolder())
  const dataset = await importText()
  const { id } = await call('runs.start', { datasetId: dataset.id, experiment: small(dataset, endless) })
  await until(id, ({ step }) => step > 25)
  const { step } = await call('runs.stop', { id })
  const [there, away] = [join(home, 'runs', id, 'checkpoints'), join(home, 'away')]
  renameSync(there, away)
  await call('runs.resume', { id })
  const failed = await until(id, ({ state }) => state === 'failed')
  expect(failed.error).toMatchObject({ code: 'run.weights-gone', message: `The checkpoints of this run were removed, so it can't go on from step ${step}.` })
  expect(linesOf(join(home, 'runs', id, 'metrics.jsonl')).length).toBeGreaterThanOrEqual(step)
  renameSync(away, there)
  await call('runs.resume', { id })
  expect(await until(id, (run) => run.state === 'running' && run.step > step)).toMatchObject({ error: null })
  await call('runs.stop', { id })
})

test('under auto a run whose GPU fails half-way goes on on the CPU, from its newest checkpoint', async () => {
  // The "GPU" is a cpu worker that can be killed; the CPU says that its steps are slow, so that auto takes the other.
  let kill = () => {}
  const { importText, call, until, told, home } = await openServices(temporaryFolder(), (host) => ({
    ...host,
    probeGpu: async () => ({ available: true, description: 'Test GPU' }),
    async startCompute(kind) {
      const worker = await host.startCompute('cpu')
      if (kind === 'cpu') return slower(worker, 50)
      const exits: ((reason: string) => void)[] = []
      kill = () => void worker.terminate().then(() => { for (const exit of exits) exit('the driver crashed') })
      return { ...worker, onExit: (listener: (reason: string) => void) => { exits.push(listener); worker.onExit(listener) } }
    },
  }))
  const dataset = await importText()
  const { id } = await call('runs.start', { datasetId: dataset.id, experiment: small(dataset, { maxSteps: 3000, checkpointEvery: 100, validateEvery: 1000 }) })
  await until(id, ({ step }) => step > 250)
  kill()
  const run = await until(id, ({ state }) => state === 'done' || state === 'failed')
  expect(run).toMatchObject({ state: 'done', step: 3000, error: null, device: expect.stringMatching(/\(auto: the GPU failed: .*the driver crashed/) as string })
  // Told to every window at once, and kept: once.
  const warned = [{ code: 'device.fell-back', message: expect.stringMatching(/GPU failed.*continued on the CPU.*the driver crashed/) as string }]
  expect(run.warnings).toMatchObject(warned)
  expect(run.warnings[0]!.step).toBeGreaterThan(250)
  const first = told('run.changed').find((event) => event.run.warnings.length > 0)!.run
  expect(first).toMatchObject({ warnings: warned })
  expect(['preparing', 'running']).toContain(first.state)
  expect((JSON.parse(readFileSync(join(home, 'runs', id, 'run.json'), 'utf8')) as { warnings: unknown }).warnings).toEqual(run.warnings)
  const steps = linesOf(join(home, 'runs', id, 'metrics.jsonl')).map((line) => JSON.parse(line) as { split: string; step: number }).filter(({ split }) => split === 'train').map(({ step }) => step)
  expect(steps).toEqual(Array.from({ length: 3000 }, (_, at) => at + 1))
})
