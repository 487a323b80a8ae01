import { expect, onTestFinished, test } from 'vitest'
import { UnrollError } from '@shared/errors'
import { experimentSchema } from '@shared/experiment/schema'
import { nodeHost } from '@main/hosts/node-host'
import type { ComputeWorker, HostCapabilities } from '@main/services/host-capabilities'
import { chooseDevice, type DeviceKind } from '@main/services/runs/device-choice'
import type { SessionOptions } from '@main/engine/training/types'
import { builtMain } from '../support/build-once'
import { temporaryFolder } from '../support/temporary-folder'
import { slower } from './slower-worker'

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

type Manner = 'slow' | 'broken' | 'absent' | 'dies' | 'good'

/**
 * A host whose "GPU" and CPU are cpu workers of this manner: with slow steps, refused from the start, or dying when a step is
 * asked for.
 */
async function hostWith(gpu: Manner, cpu: Exclude<Manner, 'absent'> = 'good'): Promise<{ host: HostCapabilities; alive: () => number }> {
  const real = nodeHost({ kind: 'cli', home: temporaryFolder(), workers: await builtMain() })
  const alive = new Set<ComputeWorker>()
  onTestFinished(async () => { await Promise.all([...alive].map((worker) => worker.terminate())) })
  return {
    alive: () => alive.size,
    host: {
      ...real,
      probeGpu: async () => ({ available: gpu !== 'absent', description: gpu === 'absent' ? 'no adapter' : 'Test GPU' }),
      async startCompute(kind) {
        const manner = kind === 'gpu' ? gpu : cpu
        if (manner === 'broken') throw new UnrollError('device.unavailable', `the ${kind}'s driver crashed`)
        const started = await real.startCompute('cpu')
        const worker = manner === 'slow' ? slower(started, 50) : started
        alive.add(worker)
        const exits: ((reason: string) => void)[] = []
        const terminate = () => { alive.delete(worker); return worker.terminate() }
        const post = (message: unknown) => {
          if (manner === 'dies' && JSON.stringify(message).includes('"time"')) void terminate().then(() => { for (const exit of exits) exit(`the ${kind} died`) })
          else worker.port.post(message)
        }
        return { port: { ...worker.port, post }, terminate, onExit: (listener) => { exits.push(listener); worker.onExit(listener) } }
      },
    },
  }
}

const choose = (host: HostCapabilities, device: 'auto' | 'cpu' | 'gpu', before: DeviceKind | null = null, signal = new AbortController().signal, gpuFailed: string | null = null) =>
  chooseDevice(host, device, before, options, quiet, signal, gpuFailed)

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
  expect(await choose(broken.host, 'auto')).toMatchObject({ kind: 'cpu', device: expect.stringMatching(/the GPU was left out: the gpu's driver crashed/) as string })
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

test('auto keeps the device that answers sooner', async () => {
  const { host, alive } = await hostWith('good', 'slow')
  expect(await choose(host, 'auto')).toMatchObject({ kind: 'gpu' })
  expect(alive()).toBe(1)
})

test('auto with a GPU that dies while it is timed trains on the CPU and says so', async () => {
  const { host, alive } = await hostWith('dies')
  expect(await choose(host, 'auto')).toMatchObject({ kind: 'cpu', device: expect.stringMatching(/\(auto: [\d.]+ ms a step; the GPU was left out: .*the gpu died/) as string })
  expect(alive()).toBe(1)
})

test('auto with a model that doesn\'t run on the CPU trains on the GPU and says so', async () => {
  for (const cpu of ['broken', 'dies'] as const) {
    const { host, alive } = await hostWith('good', cpu)
    expect(await choose(host, 'auto')).toMatchObject({ kind: 'gpu', device: expect.stringMatching(/\(auto: [\d.]+ ms a step; the CPU was left out: /) as string })
    expect(alive()).toBe(1)
  }
})

test('auto with a model that runs on neither says what the CPU said', async () => {
  const { host, alive } = await hostWith('dies', 'broken')
  await expect(choose(host, 'auto')).rejects.toMatchObject({ message: 'the cpu\'s driver crashed' })
  expect(alive()).toBe(0)
})

test('auto leaves a GPU that a run began on and that fails, and one known to have failed, and says so', async () => {
  const { host, alive } = await hostWith('broken')
  expect(await choose(host, 'auto', 'gpu')).toMatchObject({ kind: 'cpu', device: expect.stringMatching(/auto: the GPU it began on failed: the gpu's driver crashed/) as string })
  expect(await choose(host, 'auto', 'gpu', undefined, 'out of memory')).toMatchObject({ kind: 'cpu', device: expect.stringMatching(/auto: the GPU failed: out of memory/) as string })
  expect(alive()).toBe(2)
})

test('timing takes a second or two, however many steps it would be', async () => {
  const { host } = await hostWith('good')
  const start = performance.now()
  await choose(host, 'auto')
  expect(performance.now() - start).toBeLessThan(8_000)
})
