import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fromMetricBlock } from '@shared/rpc/metric-block'
import { temporaryFolder } from '../support/temporary-folder'
import { linesOf, openServices } from './open-services'
import { endless, small } from './small-run'

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

test('a removed run comes back with all it had', async () => {
  const { importText, call, until } = await openServices(temporaryFolder())
  const dataset = await importText()
  const { id } = await call('runs.start', { datasetId: dataset.id, experiment: small(dataset) })
  const run = await until(id, ({ state }) => state === 'done')
  await call('runs.remove', { id })
  await expect(call('runs.get', { id })).rejects.toMatchObject({ code: 'run.not-found' })
  expect(await call('runs.restore', { id })).toMatchObject({ id, state: 'done', step: 100, best: run.best })
})
