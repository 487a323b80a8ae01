import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { experimentSchema, type Experiment } from '@shared/experiment/schema'
import { fromMetricBlock } from '@shared/rpc/metric-block'
import type { Dataset } from '@shared/rpc/schemas'
import { readSafetensors } from '@main/formats/safetensors'
import { smallText } from '../support/small-text'
import { temporaryFolder } from '../support/temporary-folder'
import { openServices, type Opened } from './open-services'

async function trained({ call, until }: Opened, dataset: Dataset, training: Partial<Experiment['training']> = {}, hiddenSize = 24): Promise<string> {
  const { experiment } = dataset
  const { id } = await call('runs.start', {
    datasetId: dataset.id,
    experiment: { ...experiment, model: { ...experiment.model, hiddenSize }, training: { ...experiment.training, epochs: 1000, maxSteps: 200, checkpointEvery: 100, ...training } },
  })
  const run = await until(id, ({ state }) => state === 'done' || state === 'failed')
  expect(run.error).toBe(null)
  return id
}

describe('a text network', () => {
  test('shows its states over a text and over a stretch of its data', async () => {
    const opened = await openServices(temporaryFolder())
    const id = await trained(opened, await opened.importText())
    const ofText = await opened.call('inspect.states', { id, input: { kind: 'text', text: 'the net' } })
    expect(ofText).toMatchObject({ units: 24, steps: 7, labels: ['t', 'h', 'e', ' ', 'n', 'e', 't'], runId: id })
    expect(ofText.hidden).toHaveLength(7 * 24)
    for (const value of ofText.hidden) expect(Math.abs(value)).toBeLessThanOrEqual(1)
    expect([...ofText.surprise!.subarray(0, 6)].every((probability) => probability > 0 && probability <= 1)).toBe(true)
    expect(ofText.surprise![6]).toBeNaN()

    const stretch = await opened.call('inspect.states', { id, input: { kind: 'stretch', from: 500, count: 40 } })
    expect(stretch.labels.join('')).toBe(smallText(20_000).slice(500, 540))
    expect(stretch.hidden).toHaveLength(40 * 24)
    expect(stretch.surprise!.every((probability) => probability > 0)).toBe(true)
    await expect(opened.call('inspect.states', { id, input: { kind: 'stretch', from: 20_000, count: 5 } })).rejects.toMatchObject({ code: 'inspect.past-the-end' })
  })

  test('writes, the same for the same seed, and names characters it does not know', async () => {
    const opened = await openServices(temporaryFolder())
    const id = await trained(opened, await opened.importText())
    const ask = (seed: number) => opened.call('playground.text', { id, prompt: 'it keeps', length: 60, temperature: 1, seed })
    const first = await ask(1)
    expect(Array.from(first.text)).toHaveLength(60)
    expect(first.logProbabilities).toHaveLength(60)
    expect(await ask(1)).toEqual(first)
    expect((await ask(2)).text).not.toBe(first.text)
    expect(Array.from((await opened.call('playground.text', { id, prompt: '', length: 5, temperature: 0, seed: 1 })).text)).toHaveLength(5)
    await expect(opened.call('playground.text', { id, prompt: 'the 猫', length: 5, temperature: 1, seed: 1 }))
      .rejects.toMatchObject({ code: 'prompt.unknown-symbol', message: expect.stringMatching(/Character 5 .*"猫"/) as string, where: { column: 5 } })
    await expect(opened.call('playground.forecast', { id, start: null, steps: 5, history: 10 })).rejects.toMatchObject({ code: 'playground.not-series' })
  })

  test('can be looked into and exported while it trains, and the training does not wait', async () => {
    const opened = await openServices(temporaryFolder())
    const { call, until, services } = opened
    const dataset = await opened.importText()
    const { id } = await call('runs.start', { datasetId: dataset.id, experiment: { ...dataset.experiment, training: { ...dataset.experiment.training, epochs: 100_000, maxSteps: null } } })
    await until(id, ({ step }) => step > 5)
    const early = await call('inspect.states', { id, input: { kind: 'text', text: 'the net' } })
    await until(id, ({ step }) => step > early.step + 20)
    const later = await call('inspect.states', { id, input: { kind: 'text', text: 'the net' } })
    expect(later.step).toBeGreaterThan(early.step)
    expect([...later.hidden]).not.toEqual([...early.hidden])
    const exported = await call('export.create', { id, format: 'safetensors', weights: 'last' })
    expect(readSafetensors(readFileSync(services.pathOf(exported.token)!)).metadata['vocabulary']).toBeDefined()
    expect((await call('runs.get', { id })).state).toBe('running')
    await call('runs.stop', { id })
  })

  test('is exported with what makes it useful, and verified', async () => {
    const opened = await openServices(temporaryFolder())
    const id = await trained(opened, await opened.importText())
    const weights = await opened.call('export.create', { id, format: 'safetensors', weights: 'best' })
    expect(weights.fileName).toBe('A-small-text-best.safetensors')
    expect(weights.verified).toMatch(/6 tensors, [\d,]+ parameters of step \d+; a forward pass over 20 steps differs by 0\./)
    const bytes = readFileSync(opened.services.pathOf(weights.token)!)
    expect(bytes.length).toBe(weights.bytes)
    expect(readSafetensors(bytes).tensors).toEqual(readSafetensors(readFileSync(join(opened.home, 'runs', id, 'best.safetensors'))).tensors)
    const experiment = await opened.call('export.create', { id, format: 'experiment' })
    expect(experimentSchema.parse(JSON.parse(readFileSync(opened.services.pathOf(experiment.token)!, 'utf8')))).toEqual((await opened.call('runs.get', { id })).experiment)
  })

  test('without weights yet says so', async () => {
    const opened = await openServices(temporaryFolder())
    const dataset = await opened.importText()
    const first = await opened.call('runs.start', { datasetId: dataset.id, experiment: { ...dataset.experiment, training: { ...dataset.experiment.training, epochs: 100_000 } } })
    const waiting = await opened.call('runs.start', { datasetId: dataset.id, experiment: dataset.experiment })
    await expect(opened.call('playground.text', { id: waiting.id, prompt: 'the', length: 5, temperature: 1, seed: 1 })).rejects.toMatchObject({ code: 'run.no-weights', message: expect.stringContaining('hasn\'t come to its first checkpoint') as string })
    await opened.call('runs.stop', { id: waiting.id })
    await opened.call('runs.stop', { id: first.id })
  })
})

test('a series network forecasts a wave in its own units', async () => {
  const opened = await openServices(temporaryFolder())
  const path = join(opened.home, 'wave.csv')
  const level = (row: number) => 100 + 30 * Math.sin(row * Math.PI / 12)
  writeFileSync(path, `hour,level\n${Array.from({ length: 800 }, (_, row) => `h${row},${level(row).toFixed(4)}`).join('\n')}\n`)
  const { token } = await opened.services.grantFile(path)
  const dataset = await opened.call('datasets.import', { file: token, name: 'Wave', options: { kind: 'series', columns: ['level'], target: ['level'], time: 'hour' } })
  const id = await trained(opened, dataset, { maxSteps: 600 }, 32)
  const { labels, actual, fitted, forecast, naive, start, column, maeForecast, maeNaive } = await opened.call('playground.forecast', { id, start: 700, steps: 24, history: 50 })
  expect({ column, start, first: labels[0], last: labels.at(-1), all: labels.length }).toEqual({ column: 'level', start: 50, first: 'h650', last: 'h723', all: 74 })
  actual.forEach((value, at) => expect(value).toBeCloseTo(level(650 + at), 2))
  // One step ahead over the history, its own outputs after it.
  fitted.subarray(0, 50).forEach((value, at) => expect(Math.abs(value - level(650 + at))).toBeLessThan(8))
  expect(fitted.subarray(50).every(Number.isNaN)).toBe(true)
  expect(forecast.subarray(0, 50).every(Number.isNaN)).toBe(true)
  expect(maeForecast!).toBeLessThan(maeNaive! / 3)
  expect(naive.subarray(50).every((value) => Math.abs(value - level(699)) < 0.01)).toBe(true)
  const beyond = await opened.call('playground.forecast', { id, start: null, steps: 3, history: 10 })
  expect(beyond.labels.slice(-3)).toEqual(['+1', '+2', '+3'])
  expect(beyond.maeForecast).toBe(null)
  const states = await opened.call('inspect.states', { id, input: { kind: 'stretch', from: 10, count: 5 } })
  expect(states).toMatchObject({ labels: ['h10', 'h11', 'h12', 'h13', 'h14'], surprise: null })
})

test('a series of logarithms and differences is measured, forecast and exported in its own units', async () => {
  const opened = await openServices(temporaryFolder())
  const path = join(opened.home, 'growth.csv')
  const level = (row: number) => Math.exp(row / 200) * (20 + 5 * Math.sin(row * Math.PI / 6))
  writeFileSync(path, `level\n${Array.from({ length: 600 }, (_, row) => level(row).toFixed(6)).join('\n')}\n`)
  const { token } = await opened.services.grantFile(path)
  const transform = { log: 'log' as const, difference: [1, 12] }
  const dataset = await opened.call('datasets.import', { file: token, name: 'Growth', options: { kind: 'series', columns: ['level'], target: ['level'], transform, lags: [1] } })
  expect(dataset.experiment.data).toMatchObject({ transform, lags: [1] })
  const { preview, baselines } = await opened.call('datasets.get', { id: dataset.id })
  if (preview.kind !== 'series') throw new Error(preview.kind)
  // ln y is a line and a wave of 12 rows, so that little is left of it.
  expect(Math.max(...preview.curve.transformed!.map(([, , most]) => Math.abs(most)))).toBeLessThan(0.001)
  const id = await trained(opened, dataset, { maxSteps: 60, validateEvery: 30 }, 8)
  const metrics = fromMetricBlock(await opened.call('runs.metrics', { id, from: 0 }))
  // A mean of scaled errors says nothing of unscaled ones here, so training lines have none.
  expect(metrics.filter(({ split, error }) => split === 'train' && error !== undefined)).toEqual([])
  const run = await opened.call('runs.get', { id })
  const validation = run.figures!.find(({ part }) => part === 'validation')!
  const best = metrics.find(({ split, step }) => split === 'validation' && step === run.best!.step)!
  expect(best.error).toBeCloseTo(validation.scores['error']!, 4)
  // The last value differs from the next by a few per cent, the network's by next to nothing.
  expect(validation.scores['error']).toBeLessThan(baselines.find(({ name }) => name === 'Naive')!.error! / 50)
  expect(validation.scores['mase']).toBeLessThan(0.05)
  const { actual, forecast, fitted, maeForecast, maeNaive } = await opened.call('playground.forecast', { id, start: 560, steps: 24, history: 40 })
  actual.forEach((value, at) => expect(Math.abs(value / level(520 + at) - 1)).toBeLessThan(1e-5))
  fitted.subarray(0, 40).forEach((value, at) => expect(Math.abs(value / level(520 + at) - 1)).toBeLessThan(0.01))
  forecast.subarray(40).forEach((value, at) => expect(Math.abs(value / level(560 + at) - 1)).toBeLessThan(0.1))
  expect(maeForecast!).toBeLessThan(maeNaive! / 5)
  const backtest = await opened.call('playground.backtest', { id, origins: 10, steps: 12, task: 'back' })
  expect(backtest).toMatchObject({ column: 'level', part: 'test', steps: 12, origins: 10, first: '541', last: '589' })
  expect(backtest.models[0]).toMatchObject({ name: 'Network', network: true })
  expect(backtest.models.find(({ name }) => name === 'Naive')!.byLead.mae[11]).toBeGreaterThan(backtest.models[0]!.byLead.mae[11]! * 2)
  await expect(opened.call('playground.backtest', { id, origins: 10, steps: 61 })).rejects.toMatchObject({ code: 'backtest.too-short', message: 'Forecasts of 61 rows don\'t fit into the test part, which has 60 rows.' })
  await expect(opened.call('playground.forecast', { id, start: 14, steps: 2, history: 10 })).rejects.toMatchObject({ code: 'forecast.too-early' })
  const exported = await opened.call('export.create', { id, format: 'safetensors' })
  expect(JSON.parse(readSafetensors(readFileSync(opened.services.pathOf(exported.token)!)).metadata['scaler']!)).toMatchObject({ transform: { ...transform, columns: ['level'] }, lags: [1], horizon: 1 })
})

test('a network that learned to add is tried on examples it has not seen', async () => {
  const opened = await openServices(temporaryFolder())
  const dataset = await opened.call('datasets.fromSample', { sample: 'adding' })
  const id = await trained(opened, dataset, { maxSteps: 2000 }, 32)
  const { examples } = await opened.call('playground.adding', { id, seed: dataset.experiment.training.seed, count: 20 })
  expect(examples).toHaveLength(20)
  let error = 0
  for (const { values, marks, expected, predicted } of examples) {
    expect(marks.reduce((sum, mark) => sum + mark, 0)).toBe(2)
    expect(values.reduce((sum, value, at) => sum + value * marks[at]!, 0)).toBeCloseTo(expected, 5)
    error += Math.abs(expected - predicted) / examples.length
  }
  // Always answering 1 is wrong by 1/3.
  expect(error).toBeLessThan(0.05)
})
