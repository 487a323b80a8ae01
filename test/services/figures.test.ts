import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Experiment } from '@shared/experiment/schema'
import type { Dataset, Run } from '@shared/rpc/schemas'
import type { ComputeWorker } from '@main/services/host-capabilities'
import { temporaryFolder } from '../support/temporary-folder'
import { openServices, type Opened } from './open-services'

async function start({ call }: Opened, dataset: Dataset, model: Partial<Experiment['model']>, training: Partial<Experiment['training']> = {}): Promise<string> {
  const { experiment } = dataset
  const { id } = await call('runs.start', {
    datasetId: dataset.id,
    experiment: {
      ...experiment, model: { ...experiment.model, hiddenSize: 16, ...model },
      training: { ...experiment.training, window: 20, batchSize: 10, epochs: 100_000, maxSteps: 60, checkpointEvery: 20, validateEvery: 20, ...training },
    },
  })
  return id
}

const ended = async (opened: Opened, id: string): Promise<Run> => {
  const run = await opened.until(id, ({ state }) => state === 'done' || state === 'failed')
  expect(run.error).toBe(null)
  return run
}

test('a run that is done tells its figures on both parts, also after the program was closed', async () => {
  const opened = await openServices(temporaryFolder())
  const id = await start(opened, await opened.importText(), { cell: 'lstm', layers: 2, dropout: 0.2, embeddingSize: 6 })
  const run = await ended(opened, id)
  expect(run.figures!.map(({ part }) => part)).toEqual(['validation', 'test'])
  expect(run.figures![0]!.loss).toBe(run.best!.loss)
  expect(run.figures![0]!.scores['perplexity']).toBeCloseTo(Math.exp(run.best!.loss), 10)
  for (const { run: { state, figures } } of opened.told('run.changed')) expect(figures === null).toBe(state !== 'done')

  const text = await opened.call('playground.text', { id, prompt: 'the', length: 10, temperature: 1, seed: 1 })
  expect(Array.from(text.text)).toHaveLength(10)
  const states = await opened.call('inspect.states', { id, input: { kind: 'text', text: 'the net' } })
  expect(states).toMatchObject({ units: 16, steps: 7 })

  await opened.services.close()
  const again = await openServices(opened.home)
  expect((await again.call('runs.get', { id })).figures).toEqual(run.figures)
})

test('a run that was stopped has no figures', async () => {
  const opened = await openServices(temporaryFolder())
  const id = await start(opened, await opened.importText(), { cell: 'gru' }, { maxSteps: null })
  await opened.until(id, ({ step }) => step > 25)
  await opened.call('runs.stop', { id })
  const stopped = await opened.until(id, ({ state }) => state === 'stopped')
  expect(stopped.figures).toBe(null)
  expect(existsSync(join(opened.home, 'runs', id, 'figures.json'))).toBe(false)
})

test('stopping while the figures are computed leaves the run done, without them', async () => {
  let evaluating: (() => void) | null = null
  const opened = await openServices(temporaryFolder(), (host) => ({
    ...host,
    async startCompute(device) {
      const worker = await host.startCompute(device)
      return watched(worker, () => evaluating?.())
    },
  }))
  const asked = new Promise<void>((resolve) => { evaluating = resolve })
  const dataset = await opened.importText(200_000)
  const id = await start(opened, dataset, { cell: 'lstm', hiddenSize: 128 }, { maxSteps: 20, validateEvery: 20 })
  await asked
  await opened.call('runs.stop', { id })
  const run = await opened.until(id, ({ state }) => state !== 'running')
  expect(run).toMatchObject({ state: 'done', step: 20, figures: null, error: null })
})

test('a network of two directions: its states are as wide as both, and its figures are in the series\' units', async () => {
  const opened = await openServices(temporaryFolder())
  const path = join(opened.home, 'wave.csv')
  writeFileSync(path, `hour,level\n${Array.from({ length: 500 }, (_, row) => `h${row},${(100 + 30 * Math.sin(row * Math.PI / 12)).toFixed(4)}`).join('\n')}\n`)
  const { token } = await opened.services.grantFile(path)
  const dataset = await opened.call('datasets.import', { file: token, name: 'Wave', options: { kind: 'series', columns: ['level'], target: ['level'], time: 'hour' } })
  const twoWay: Dataset = { ...dataset, experiment: { ...dataset.experiment, task: { output: 'last-step', loss: 'mse' } } }
  const id = await start(opened, twoWay, { cell: 'gru', layers: 2, bidirectional: true }, { carryState: false })
  const run = await ended(opened, id)
  expect(run.figures![0]!.scores['error']).toBeGreaterThan(0)
  expect(run.figures![0]!.scores['error']).toBeLessThan(60)
  const states = await opened.call('inspect.states', { id, input: { kind: 'stretch', from: 30, count: 5 } })
  expect(states).toMatchObject({ units: 32, labels: ['h30', 'h31', 'h32', 'h33', 'h34'] })
  expect(states.hidden).toHaveLength(5 * 32)
  await expect(opened.call('playground.forecast', { id, start: 400, steps: 5, history: 50 })).rejects.toMatchObject({ code: 'experiment.mismatch' })
  expect((await opened.call('export.create', { id, format: 'safetensors', weights: 'best' })).verified).toMatch(/18 tensors.*differs by 0\./)
})

/** Tells when the worker is asked to evaluate; everything goes through as it was. */
function watched(worker: ComputeWorker, tell: () => void): ComputeWorker {
  const post: ComputeWorker['port']['post'] = (message, ...rest) => {
    if (typeof message === 'object' && message !== null && 'm' in message && message.m === 'evaluate') tell()
    worker.port.post(message, ...rest)
  }
  return { ...worker, port: { ...worker.port, post, listen: (listener) => worker.port.listen(listener), onClose: (listener) => worker.port.onClose(listener) } }
}
