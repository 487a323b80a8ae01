import { experimentSchema } from '@shared/experiment/schema'
import { createWasmBackend, type WasmBackendOptions } from '@main/engine/backends/wasm/wasm-backend'
import { createSession } from '@main/engine/training/session'
import { nodeHelperThreads } from '@main/hosts/workers/node-helper-threads'
import { allowRelaxedSimd } from '@main/hosts/workers/relaxed-simd'
import { builtHelper } from '../support/built-helper'

type Cell = 'rnn' | 'gru' | 'lstm'

/** The sizes at which training steps are compared: hidden, input, batch, time steps. */
const sizes = [[32, 32, 16, 32], [128, 64, 32, 64], [256, 64, 32, 64], [512, 128, 32, 64]] as const
const gates = { rnn: 1, gru: 3, lstm: 4 }

/**
 * Whole training steps (forward, cross-entropy, backward, clip, Adam), milliseconds, those of all cores together, and GFLOP/s, as torch_bench.py has them.
 * @param only  cells and hidden sizes, e.g. "lstm,512"; all when empty   @param repeats steps timed   @param threads that share the work
 * @param options e.g. {"simd":"simd"}
 */
export default async function* measure(only = '', repeats = '15', threads = '2', options = '{}') {
  allowRelaxedSimd()
  const helpers = nodeHelperThreads(await builtHelper(), Number(threads))
  const wanted = only === '' ? [] : only.split(',')
  const [cellsWanted, sizesWanted] = [wanted.filter((word) => word in gates), wanted.filter((word) => !(word in gates)).map(Number)]
  for (const cell of ['rnn', 'gru', 'lstm'] as const) {
    if (cellsWanted.length > 0 && !cellsWanted.includes(cell)) continue
    for (const [hidden, input, batch, steps] of sizes) {
      if (sizesWanted.length > 0 && !sizesWanted.includes(hidden)) continue
      yield await one(cell, { hidden, input, batch, steps }, Number(repeats), { helpers, ...JSON.parse(options) as WasmBackendOptions })
    }
  }
}

async function one(cell: Cell, { hidden, input, batch, steps }: { hidden: number; input: number; batch: number; steps: number }, repeats: number, options: WasmBackendOptions) {
  const experiment = experimentSchema.parse({
    unroll: 1, name: 'bench', data: { kind: 'tensors', source: 'none', validation: 0, test: 0 }, task: { output: 'every-step', loss: 'cross-entropy' },
    model: { cell, hiddenSize: hidden },
    training: { window: steps, carryState: false, batchSize: batch, shuffle: false, optimizer: { kind: 'adam', learningRate: 0.001 }, clipNorm: 1 },
  })
  const none = { count: 0, x: new Float32Array(0), y: new Int32Array(0), lengths: null }
  const x = Float32Array.from({ length: batch * steps * input }, (_, at) => Math.sin(at * 12.9898) % 1)
  const y = Int32Array.from({ length: batch * steps }, (_, at) => (at * 7919) % input)
  const backend = await createWasmBackend(options)
  const session = await createSession(backend, {
    experiment, data: { form: 'sequences', input: 'values', target: 'classes', inputSize: input, outputSize: input, steps, train: { count: batch, x, y, lengths: null }, validation: none, test: none },
  })
  await session.time(hidden < 128 ? 30 : 3)
  const times: number[] = []
  const each = hidden < 128 ? 9 : 1
  const before = process.cpuUsage()
  for (let count = 0; count < repeats; count++) times.push(await session.time(each))
  const { user, system } = process.cpuUsage(before)
  times.sort((a, b) => a - b)
  // Forward, ∂L/∂h and ∂L/∂W: three products of U and of the head, two of W.
  const flops = 2 * steps * batch * (gates[cell] * hidden * (2 * input + 3 * hidden) + 3 * hidden * input)
  // session.time makes one run more, to warm up.
  const cpu = (user + system) / 1000 / repeats / (each + 1)
  const median = times[Math.floor(times.length / 2)]!
  await session.dispose()
  await backend.dispose()
  return { device: backend.description, cell, hidden, median: Number(median.toFixed(3)), min: Number(times[0]!.toFixed(3)), cpu: Number(cpu.toFixed(3)), gigaflops: Number((flops / median / 1e6).toFixed(1)), held: backend.memory().held }
}
