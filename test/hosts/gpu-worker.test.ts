import { rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Metric } from '@shared/metrics'
import { experimentSchema } from '@shared/experiment/schema'
import { startGpuProcess } from '@main/hosts/workers/gpu-process'
import { probeNodeGpu } from '@main/hosts/workers/probe-gpu'
import { computeClient } from '@main/services/compute/compute-client'
import type { ComputeEvents } from '@main/services/compute/protocol'
import { aliases } from '../../build/aliases'
import { webGpuMissing } from '../support/node-webgpu'

const missing = await webGpuMissing()
const top = fileURLToPath(new URL('../..', import.meta.url))
const outDir = fileURLToPath(new URL('../../test-output/gpu-worker', import.meta.url))

const start = (events?: ComputeEvents) => computeClient(startGpuProcess(`${outDir}/gpu-worker.mjs`), events)

function options(maxSteps: number) {
  const text = Int32Array.from({ length: 600 }, (_, index) => (index * index) % 11)
  const none = new Int32Array(0)
  return {
    experiment: experimentSchema.parse({
      unroll: 1, name: 'squares', data: { kind: 'text', source: 'squares.txt', unit: 'char', validation: 0, test: 0 },
      task: { output: 'every-step', loss: 'cross-entropy' }, model: { cell: 'rnn', hiddenSize: 8 },
      training: { window: 8, batchSize: 4, epochs: 1000, maxSteps, optimizer: { kind: 'adam', learningRate: 0.01 } },
    }),
    data: { form: 'tokens' as const, vocabulary: 11, train: text, validation: none, test: none },
  }
}

describe.skipIf(missing)(`the GPU worker process${missing ? ` (skipped: ${missing})` : ''}`, () => {
  // Bundled as the app does: its own module graph, packages left out.
  beforeAll(() => build({
    configFile: false, root: top, logLevel: 'error', resolve: { alias: aliases },
    ssr: { external: ['webgpu', 'gpu.js'] },
    build: { ssr: true, outDir, minify: false, target: 'node20', rollupOptions: { input: `${top}/src-main/hosts/workers/gpu-worker.ts`, output: { format: 'es', entryFileNames: 'gpu-worker.mjs' } } },
  }))
  afterAll(() => rm(outDir, { recursive: true, force: true }))

  it('says what it runs on, as the probe does', async () => {
    const client = start()
    const { kind, description } = await client.describe()
    expect(kind).toBe('gpu')
    expect(description).toMatch(/^WebGPU \(.+\)$/)
    expect(await probeNodeGpu()).toEqual({ available: true, description })
    await client.terminate()
  })

  it('trains in one piece on the GPU, and learns', async () => {
    const metrics: Metric[] = []
    const client = start({ metrics: (batch) => metrics.push(...batch), checkpoint: async () => undefined })
    const plan = await client.prepare(options(60))
    expect(plan.totalSteps).toBe(60)
    expect(await client.run()).toBe('done')
    expect(await client.executor()).toBe('fused-encoder')
    const losses = metrics.filter(({ split }) => split === 'train').map(({ loss }) => loss)
    expect(losses).toHaveLength(60)
    expect(losses.at(-1)).toBeLessThan(losses[0]! * 0.75)
    await client.terminate()
  })

  it('stops within 100 ms of being asked', { retry: 2 }, async () => {
    let trains: (value: unknown) => void = () => undefined
    const training = new Promise((resolve) => { trains = resolve })
    const client = start({ metrics: trains, checkpoint: async () => undefined })
    await client.prepare(options(100_000))
    const end = client.run()
    await training
    const asked = performance.now()
    await client.stop()
    expect(await end).toBe('stopped')
    expect(performance.now() - asked).toBeLessThan(100)
    await client.terminate()
  })

  it('tells why it died, when it did so of itself', async () => {
    const client = computeClient(startGpuProcess(`${outDir}/missing.mjs`))
    await expect(client.describe()).rejects.toMatchObject({ code: 'compute.died', message: expect.stringContaining('the GPU process ended with code 1') })
  })

  it('can be ended in the middle of a step without harm to this process', async () => {
    for (let round = 0; round < 3; round++) {
      const client = start({ metrics: () => undefined, checkpoint: async () => undefined })
      await client.prepare(options(100_000))
      const end = client.run()
      end.catch(() => undefined)
      await new Promise((resolve) => setTimeout(resolve, 500))
      await client.terminate()
      await expect(end).rejects.toMatchObject({ code: 'compute.ended' })
    }
  })
})

describe('the GPU probe', () => {
  it('answers with a reason where there is no driver', async () => {
    const before = { ...process.env }
    Object.assign(process.env, { VK_DRIVER_FILES: '/nowhere.json', VK_ICD_FILENAMES: '/nowhere.json' })
    try {
      const { available, description } = await probeNodeGpu()
      if (process.platform === 'linux') expect({ available, description }).toEqual({ available: false, description: 'WebGPU found no graphics adapter.' })
      else expect(description).not.toBe('')
    } finally {
      for (const name of ['VK_DRIVER_FILES', 'VK_ICD_FILENAMES']) {
        if (before[name] === undefined) delete process.env[name]
        else process.env[name] = before[name]
      }
    }
  })
})
