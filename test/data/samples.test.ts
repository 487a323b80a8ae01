import { statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { experimentSchema } from '@shared/experiment/schema'
import { prepare } from '@main/data/prepare'
import { preview } from '@main/data/preview'
import { createWasmBackend } from '@main/engine/backends/wasm/wasm-backend'
import { createSession } from '@main/engine/training/session'
import { Samples, type SampleEntry } from '@main/services/datasets/samples'
import { readTensors } from '@main/services/serve-data'

const folder = fileURLToPath(new URL('../../build/generated/samples', import.meta.url))
const samples = new Samples(folder)
const tasks = { text: { output: 'every-step', loss: 'cross-entropy' }, series: { output: 'every-step', loss: 'mse' }, generated: { output: 'last-step', loss: 'mse' }, pairs: { output: 'sequence', loss: 'cross-entropy' } } as const

const prepareSamples = async () => {
  // A script of the build, without types.
  const script = new URL('../../build/prepare/samples.mjs', import.meta.url).href
  await (await import(script) as { prepareSamples(): Promise<void> }).prepareSamples()
}
beforeAll(prepareSamples)

const experimentOf = (sample: SampleEntry, maxSteps: number) => experimentSchema.parse({
  unroll: 1, name: sample.id, task: tasks[sample.kind], model: sample.model,
  data: sample.data ?? { ...sample.options, source: sample.file }, training: { ...sample.training, maxSteps, validateEvery: maxSteps },
})

describe('the samples', () => {
  it('are a text, a series and two generated datasets, each with its source', async () => {
    const list = await samples.list()
    expect(list.map(({ id, kind }) => [id, kind])).toEqual([['moby-dick', 'text'], ['us-births', 'series'], ['adding', 'generated'], ['dates', 'pairs']])
    for (const { source, shows, description } of list) expect(Math.min(source.length, shows.length, description.length)).toBeGreaterThan(20)
  })

  it('are made once', async () => {
    const path = `${folder}/samples.json`
    const before = statSync(path).mtimeMs
    await prepareSamples()
    expect(statSync(path).mtimeMs).toBe(before)
  })

  it('are the whole book and every day', async () => {
    const book = await readFile(`${folder}/moby-dick.txt`, 'utf8')
    expect(book.match(/^CHAPTER \d+\./gm)!.length).toBe(135)
    expect(book.trimEnd().endsWith('as it rolled five thousand years ago.')).toBe(true)
    const births = await preview(`${folder}/us-births.csv`, null)
    expect(births).toMatchObject({ kind: 'series', rows: 5479, chosen: { columns: ['day_of_week', 'births'], target: ['births'], time: 'date' }, curve: { firstTime: '2000-01-01', lastTime: '2014-12-31' } })
  })

  // How many steps, and below which share of which baseline's loss the network must be by then. Five-grams of a whole book
  // aren't beaten within seconds.
  it.each([['moby-dick', 300, 'Bigram', 1], ['us-births', 2000, 'Naive', 0.25], ['adding', 2000, 'Mean', 0.1], ['dates', 300, 'Outputs alone', 0.02]] as const)('%s is learned: %i steps beat the baseline "%s"', async (id, steps, name, share) => {
    const sample = await samples.get(id)
    const experiment = experimentOf(sample, steps)
    const { data, baselines, unitScale } = await prepare(experiment, folder, readTensors)
    const backend = await createWasmBackend()
    const session = await createSession(backend, { experiment, data, unitScale })
    let loss = Infinity
    await session.run({ metric: (metric) => { if (metric.split === 'validation') loss = metric.loss }, checkpoint: async () => {} })
    await session.dispose()
    await backend.dispose()
    expect(loss).toBeLessThan(share * baselines.find((baseline) => baseline.name === name)!.loss)
  }, 120_000)
})
