import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { datasetSchema, runSchema } from '@shared/rpc/schemas'
import { type RunningApp, describeApp, launchApp } from './launch'
import { askOverPort } from './raw-rpc'

describeApp('quitting while a run trains', () => {
  let app: RunningApp
  beforeAll(async () => { app = await launchApp() })
  afterAll(() => app?.close())

  it('waits until the run is checkpointed, so that it can be resumed', async () => {
    const dataset = datasetSchema.parse((await askOverPort(app.page, 'datasets.fromSample', { sample: 'adding' })).r)
    const training = { ...dataset.experiment.training, epochs: 10_000 }
    const { r } = await askOverPort(app.page, 'runs.start', { datasetId: dataset.id, experiment: { ...dataset.experiment, training, device: 'cpu' } })
    const { id } = runSchema.parse(r)
    await vi.waitFor(async () => {
      const run = runSchema.parse((await askOverPort(app.page, 'runs.get', { id })).r)
      expect(run.step).toBeGreaterThan(3)
    }, { timeout: 20_000, interval: 200 })
    await app.quit()
    const run = JSON.parse(await readFile(join(app.home, 'runs', id, 'run.json'), 'utf8')) as { state: string }
    expect(run.state).toMatch(/^(paused|interrupted|stopped)$/)
    const checkpoints = await readdir(join(app.home, 'runs', id, 'checkpoints'))
    expect(checkpoints.filter((name) => name.endsWith('.safetensors'))).not.toEqual([])
  })
})
