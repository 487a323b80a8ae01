import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { experimentSchema, type Experiment } from '@shared/experiment/schema'
import { prepare } from '@main/data/prepare'
import { createWasmBackend } from '@main/engine/backends/wasm/wasm-backend'
import { partScores } from '@main/engine/metrics/part-scores'
import { createSession } from '@main/engine/training/session'
import type { Weights } from '@main/engine/training/types'
import { readTensors } from '@main/services/serve-data'

const folder = fileURLToPath(new URL('.', import.meta.url))
const read = (file: string): Experiment => experimentSchema.parse(JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')))

it('every file of known results is an experiment of its own name, on the CPU, with a seed', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
  expect(files.length).toBeGreaterThanOrEqual(9)
  for (const file of files) {
    const { name, device, training } = read(file)
    expect([`${name}.json`, device, training.seed]).toEqual([file, 'cpu', 1])
  }
})

it('an LSTM learns the embedded Reber grammar: every next symbol it names is legal', async () => {
  const experiment = read('reber-lstm.json')
  const { data, baselines } = await prepare(experiment, folder, readTensors)
  const backend = await createWasmBackend()
  const session = await createSession(backend, { experiment, data })
  let best: { loss: number; weights: Weights } | undefined
  await session.run({
    metric: () => {},
    checkpoint: async ({ progress, weights }, reason) => { if (reason === 'best') best = { loss: progress.best!.loss, weights } },
  })
  await session.dispose()
  expect(best!.loss).toBeLessThan(0.5 * Math.min(...baselines.map(({ loss }) => loss)))
  for (const part of ['validation', 'test'] as const) {
    const found = await partScores(backend, { experiment, weights: best!.weights, data, part })
    expect(found!.legality).toEqual({ steps: 1, strings: 1 })
  }
  await backend.dispose()
}, 120_000)
