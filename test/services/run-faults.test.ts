import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ComputeWorker } from '@main/services/host-capabilities'
import { temporaryFolder } from '../support/temporary-folder'
import { linesOf, openServices } from './open-services'
import { slower } from './slower-worker'
import { endless, small } from './small-run'

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

test('a loss that is no number ends the run with a sentence', async () => {
  const { importText, call, until } = await openServices(temporaryFolder())
  const dataset = await importText()
  const experiment = small(dataset, { ...endless, clipNorm: null, optimizer: { kind: 'sgd', learningRate: 100, momentum: 0.99, nesterov: false, weightDecay: 0 } })
  const { id } = await call('runs.start', { datasetId: dataset.id, experiment: { ...experiment, model: { ...experiment.model, activation: 'relu' } } })
  const { error } = await until(id, ({ state }) => state === 'failed')
  expect(error).toMatchObject({ code: 'numeric.non-finite' })
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
