import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '@main/engine/backends/backend'
import { createWasmBackend } from '@main/engine/backends/wasm/wasm-backend'
import { createSession } from '@main/engine/training/session'
import type { PreparedData } from '@main/engine/training/prepared-data'
import type { Checkpoint } from '@main/engine/training/types'
import { sharedMissing, sharedPath } from '../../support/shared-folder'
import { addingData, addingExperiment, seriesData, seriesExperiment, textData, textExperiment } from './experiments'
import { record, steadyHost, validation } from './session-harness'

let backend: Backend
beforeAll(async () => { backend = await createWasmBackend() })

const untimed = ({ progress, ...rest }: Checkpoint) => ({ ...rest, progress: { ...progress, elapsedMs: 0, best: null } })

describe('sessions on WebAssembly', () => {
  it.each([
    { name: 'text', options: { experiment: textExperiment({ checkpointEvery: 5 }), data: textData() } },
    { name: 'series', options: { experiment: seriesExperiment({ checkpointEvery: 5 }), data: seriesData() } },
    { name: 'sequences', options: { experiment: addingExperiment({ epochs: 4, checkpointEvery: 5 }), data: addingData() } },
  ])('a $name run stopped at any step and resumed is bit-identical to one never stopped', async ({ options }) => {
    const none = () => undefined
    const whole = await record(options, none, backend)
    for (let at = 1; at < whole.session.plan.totalSteps; at += 2) {
      const first = await record(options, (step, session) => { if (step === at) session.stop() }, backend)
      const second = await record({ ...options, checkpoint: first.final }, none, await createWasmBackend())
      expect(untimed(second.final)).toEqual(untimed(whole.final))
    }
  })

  it('a diverging run leaves the weights finite', async () => {
    const experiment = seriesExperiment({ clipNorm: null, epochs: 100, optimizer: { kind: 'sgd', learningRate: 99 } })
    const kept: Checkpoint[] = []
    const session = await createSession(backend, { experiment: { ...experiment, model: { ...experiment.model, activation: 'relu' } }, data: seriesData() }, steadyHost())
    await expect(session.run({ metric: () => undefined, checkpoint: async (checkpoint) => { kept.push(checkpoint) } })).rejects.toMatchObject({ code: 'numeric.non-finite' })
    expect(await session.weights()).toEqual(kept.at(-1)!.weights)
    expect(kept.at(-1)!.progress.step).toBeGreaterThan(0)
  })

  it('a character model of a real text learns within a few hundred steps what no unigram knows', async (context) => {
    if (sharedMissing) context.skip(sharedMissing)
    const symbols = [...readFileSync(sharedPath('data/tiny-shakespeare.txt'), 'utf8')]
    const vocabulary = [...new Set(symbols)].sort()
    const index = new Map(vocabulary.map((symbol, id) => [symbol, id]))
    const ids = Int32Array.from(symbols, (symbol) => index.get(symbol)!)
    const data: PreparedData = { form: 'tokens', vocabulary: vocabulary.length, train: ids.slice(0, 400_000), validation: ids.slice(400_000, 420_000), test: new Int32Array(0) }
    const experiment = textExperiment({ window: 32, batchSize: 32, epochs: 1, maxSteps: 250, optimizer: { kind: 'adam', learningRate: 0.004 } })
    const run = await record({ experiment: { ...experiment, model: { ...experiment.model, hiddenSize: 64 } }, data }, () => undefined, backend)
    // ../shared/data/README.md: a unigram model of this text has 3.361 nats a character.
    expect(validation(run).at(-1)!.loss).toBeLessThan(2.7)
  })
})
