import { computePortMessage } from '@shared/rpc/desktop-bridge'
import { experimentSchema } from '@shared/experiment/schema'
import type { Metric } from '@shared/metrics'
import { messagePort } from '@main/hosts/workers/browser/message-port'
import { computeClient } from '@main/services/compute/compute-client'

export interface Trained {
  description: string
  executor: string | null
  losses: number[]
  /** Milliseconds from asking a run to stop to its end. */
  stopMs: number
  /** What became of an attempt to make code at run time. */
  runtimeCode: string
}

/** Plays the desktop's main side: hands the page a port as the preload does, and trains over it. */
async function train(): Promise<Trained> {
  const { port1, port2 } = new MessageChannel()
  window.postMessage(computePortMessage, location.origin, [port2])
  const metrics: Metric[] = []
  const worker = { port: messagePort(port1), terminate: async () => port1.close(), onExit: () => undefined }
  const client = computeClient(worker, { metrics: (batch) => metrics.push(...batch), checkpoint: async () => undefined })
  const { description } = await client.describe()
  const none = new Int32Array(0)
  const options = (maxSteps: number) => ({
    experiment: experimentSchema.parse({
      unroll: 1, name: 'squares', data: { kind: 'text', source: 'squares.txt', unit: 'char', validation: 0, test: 0 },
      task: { output: 'every-step', loss: 'cross-entropy' }, model: { cell: 'rnn', hiddenSize: 8 },
      training: { window: 8, batchSize: 4, epochs: 10_000, maxSteps, optimizer: { kind: 'adam', learningRate: 0.01 } },
    }),
    data: { form: 'tokens' as const, vocabulary: 11, train: Int32Array.from({ length: 600 }, (_, index) => (index * index) % 11), validation: none, test: none },
  })
  await client.prepare(options(60))
  await client.run()
  const executor = await client.executor()
  const losses = metrics.filter(({ split }) => split === 'train').map(({ loss }) => loss)

  await client.prepare(options(100_000))
  metrics.length = 0
  const end = client.run()
  while (metrics.length === 0) await new Promise((resolve) => { setTimeout(resolve, 20) })
  const asked = performance.now()
  await client.stop()
  await end
  const stopMs = performance.now() - asked
  await client.terminate()
  return { description, executor, losses, stopMs, runtimeCode: makeCode() }
}

function makeCode(): string {
  try {
    return String(new Function('return "allowed"')())
  } catch (error) {
    return (error as Error).name
  }
}

Object.assign(globalThis, { train })
