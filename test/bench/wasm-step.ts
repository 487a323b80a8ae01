import { experimentSchema } from '@shared/experiment/schema'
import { createWasmBackend } from '@main/engine/backends/wasm/wasm-backend'
import { createSession } from '@main/engine/training/session'

/** One training step of an Elman character model (65 characters, batch 32, 64 time steps, Adam, clipping), median ms and GFLOP/s. */
export default async function* measure() {
  const [vocabulary, steps, batch] = [65, 64, 32]
  const tokens = Int32Array.from({ length: batch * steps * 4 + batch }, (_, index) => (index * 7919) % vocabulary)
  for (const hidden of [32, 128, 256, 512]) {
    const experiment = experimentSchema.parse({
      unroll: 1, name: 'bench', data: { kind: 'text', source: 'bench.txt' }, task: { output: 'every-step', loss: 'cross-entropy' },
      model: { cell: 'rnn', hiddenSize: hidden },
      training: { window: steps, batchSize: batch, optimizer: { kind: 'adam', learningRate: 0.001 }, clipNorm: 1 },
    })
    const backend = await createWasmBackend()
    const session = await createSession(backend, {
      experiment, data: { form: 'tokens', vocabulary, train: tokens, validation: new Int32Array(0), test: new Int32Array(0) },
    })
    const milliseconds = await session.time(30)
    // Forward, ∂L/∂h and ∂L/∂W: three products each of U and V; W takes one-hot input.
    const flops = 3 * 2 * steps * batch * hidden * (hidden + vocabulary)
    yield {
      hidden, milliseconds: Number(milliseconds.toFixed(3)), gigaflops: Number((flops / milliseconds / 1e6).toFixed(1)),
      tokensPerSecond: Math.round(steps * batch / milliseconds * 1000), ...backend.memory(),
    }
    await session.dispose()
    await backend.dispose()
  }
}
