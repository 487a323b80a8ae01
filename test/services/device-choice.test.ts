import { expect, onTestFinished, test } from 'vitest'
import { UnrollError } from '@shared/errors'
import { experimentSchema } from '@shared/experiment/schema'
import { nodeHost } from '@main/hosts/node-host'
import type { ComputeWorker, HostCapabilities } from '@main/services/host-capabilities'
import { chooseDevice, type DeviceKind } from '@main/services/runs/device-choice'
import type { SessionOptions } from '@main/engine/training/types'
import { builtMain } from '../support/build-once'
import { temporaryFolder } from '../support/temporary-folder'

const quiet = { metrics: () => {}, checkpoint: async () => {} }
const tokens = Int32Array.from({ length: 2000 }, (_, at) => at % 7)
const none = new Int32Array(0)
const options: SessionOptions = {
  experiment: experimentSchema.parse({
    unroll: 1, name: 'choice', data: { kind: 'text', source: 'none' }, task: { output: 'every-step', loss: 'cross-entropy' },
    model: { cell: 'rnn', hiddenSize: 16 }, training: { window: 10, batchSize: 4 },
  }),
  data: { form: 'tokens', vocabulary: 7, train: tokens, validation: none, test: none },
}

/** A host whose "GPU" is `gpu`'s answer: a second cpu worker, or a refusal. */
async function hostWith(gpu: 'slow' | 'broken' | 'absent'): Promise<{ host: HostCapabilities; alive: () => number }> {
  const real = nodeHost({ kind: 'cli', home: temporaryFolder(), workers: await builtMain() })
  const alive = new Set<ComputeWorker>()
  onTestFinished(async () => { await Promise.all([...alive].map((worker) => worker.terminate())) })
  return {
    alive: () => alive.size,
    host: {
      ...real,
      probeGpu: async () => ({ available: gpu !== 'absent', description: gpu === 'absent' ? 'no adapter' : 'Test GPU' }),
      async startCompute(kind) {
        if (kind === 'gpu' && gpu === 'broken') throw new UnrollError('device.unavailable', 'the driver crashed')
        const worker = await real.startCompute('cpu')
        alive.add(worker)
        const port = kind === 'gpu' ? { ...worker.port, post: (message: unknown) => void setTimeout(() => worker.port.post(message), 20) } : worker.port
        return { ...worker, port, terminate: () => { alive.delete(worker); return worker.terminate() } }
      },
    },
  }
}

const choose = (host: HostCapabilities, device: 'auto' | 'cpu' | 'gpu', before: DeviceKind | null = null, signal = new AbortController().signal) =>
  chooseDevice(host, device, before, options, quiet, signal)

test('auto times the model on both, keeps one and says why', async () => {
  const { host, alive } = await hostWith('slow')
  const { device, plan } = await choose(host, 'auto')
  expect(device).toMatch(/^WebAssembly .*\(auto: [\d.]+ ms a step, WebAssembly .* [\d.]+ ms\)$/)
  expect(plan.totalSteps).toBeGreaterThan(0)
  expect(alive()).toBe(1)
})

test('auto without a GPU, or with one that fails, trains on the CPU and says so', async () => {
  const absent = await hostWith('absent')
  expect(await choose(absent.host, 'auto')).toMatchObject({ kind: 'cpu', device: expect.stringMatching(/auto: no GPU answers here: no adapter/) as string })
  const broken = await hostWith('broken')
  expect(await choose(broken.host, 'auto')).toMatchObject({ kind: 'cpu', device: expect.stringMatching(/the GPU was left out: the driver crashed/) as string })
  expect(broken.alive()).toBe(1)
})

test('a resumed run stays on the kind of device it began on', async () => {
  const { host } = await hostWith('slow')
  expect(await choose(host, 'auto', 'cpu')).toMatchObject({ kind: 'cpu', device: expect.stringMatching(/auto: as before/) as string })
  expect(await choose(host, 'auto', 'gpu')).toMatchObject({ kind: 'gpu', device: expect.stringMatching(/auto: as before/) as string })
})

test('the GPU asked for by name is not replaced by another', async () => {
  const { host, alive } = await hostWith('broken')
  await expect(choose(host, 'gpu')).rejects.toMatchObject({ code: 'device.unavailable' })
  expect(alive()).toBe(0)
})

test('a choice that is given up leaves no worker behind', async () => {
  const { host, alive } = await hostWith('slow')
  const giveUp = new AbortController()
  const choosing = choose(host, 'auto', null, giveUp.signal)
  setTimeout(() => giveUp.abort(new UnrollError('run.stopped', 'stopped')), 30)
  await expect(choosing).rejects.toThrow()
  await new Promise((resolve) => { setTimeout(resolve, 100) })
  expect(alive()).toBe(0)
})
