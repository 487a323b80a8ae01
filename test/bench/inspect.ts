// Looking inside an LSTM over 10,000 steps of 512 units: `node test/bench/run.mjs inspect`.
import { createWasmBackend } from '@main/engine/backends/wasm/wasm-backend'
import { editedNetwork } from '@main/engine/inspect/edits'
import { inputGradients } from '@main/engine/inspect/input-gradients'
import { gradientFlow } from '@main/engine/inspect/gradient-flow'
import { stretchOf } from '@main/engine/inspect/stretch-program'
import type { LookedNetwork } from '@main/engine/inspect/looked-network'
import { TraceSession } from '@main/engine/inspect/trace-session'
import { clusterOrder } from '@main/engine/inspect/unit-order'
import { createWork } from '@main/engine/inspect/work'
import { elements, weightSpecs } from '@shared/model/weights'
import { modelSchema } from '@shared/experiment/model-schema'
import { Random } from '@main/engine/random'

const median = (times: number[]) => times.sort((a, b) => a - b)[times.length >> 1]!

export default async function* measure(cell = 'lstm', hidden = '512', steps = '10000', layers = '1') {
  const [units, length] = [Number(hidden), Number(steps)]
  const model = modelSchema.parse({ cell, hiddenSize: units, layers: Number(layers) })
  const random = new Random(1)
  const weights = Object.fromEntries(weightSpecs(model, 86, 86).map(({ name, shape }) => [name, { shape, data: Float32Array.from({ length: elements(shape) }, () => (random.uniform() - 0.5) * 2 / Math.sqrt(units)) }]))
  const network: LookedNetwork = { model, inputSize: 86, outputSize: 86, output: 'every-step', weights }
  const x = Int32Array.from({ length }, () => random.below(86))
  const work = createWork()
  const timed = async (what: string, job: () => unknown, times = 1) => {
    const all: number[] = []
    for (let time = 0; time < times; time++) {
      const from = performance.now()
      await job()
      all.push(performance.now() - from)
    }
    return { what, ms: Number(median(all).toFixed(2)) }
  }
  let session: TraceSession | null = null
  yield await timed('open', async () => { session = await TraceSession.open(await createWasmBackend(), network, { kind: 'tokens', x, targets: { kind: 'classes', ids: x } }, work) })
  const open = session as unknown as TraceSession
  yield await timed('h of all steps in 1,500 buckets', () => open.buckets('h_l0', 0, length, Math.ceil(length / 1500), work), 9)
  yield await timed('h of 1,500 steps', () => open.read('h_l0', 3000, 4500, work), 9)
  let at = 0
  yield await timed('everything at a step of another chunk', () => open.moment((at += 1111) % length, open.tensors.map(({ name }) => name), work), 9)
  yield await timed('everything at the next step', () => open.moment(5000 + (at++ % 60), open.tensors.map(({ name }) => name), work), 9)
  const gate = cell === 'lstm' ? 'f_l0' : cell === 'gru' ? 'z_l0' : 'Uh_l0'
  yield await timed('a gate of 1,500 steps', () => open.read(gate, 2000, 3500, work), 9)
  yield await timed('U h of 200 steps', () => open.read('Uh_l0', (at += 1280) % (length - 300), (at % (length - 300)) + 120, work), 5)
  yield await timed('units in order by clustering', async () => clusterOrder(await open.read('h_l0', 0, length, work), units, work))
  yield await timed('a unit silenced, 500 steps anew', async () => {
    const again = await TraceSession.open(await createWasmBackend(), editedNetwork(network, [{ kind: 'unit', cell: 'l0', unit: 3, of: 'h', value: 0 }]), { kind: 'tokens', x: x.slice(0, 500), targets: { kind: 'classes', ids: x.slice(0, 500) } }, work)
    await again.dispose()
  }, 3)
  yield await timed('gradient of one output over 100 steps', async () => { const backend = await createWasmBackend(); await inputGradients(backend, stretchOf(open, 400, 500), [99], { kind: 'target' }, work); await backend.dispose() }, 3)
  yield await timed('gradients of 100 outputs over 100 steps', async () => { const backend = await createWasmBackend(); await inputGradients(backend, stretchOf(open, 400, 500), Array.from({ length: 100 }, (_, step) => step), { kind: 'target' }, work); await backend.dispose() })
  yield await timed('gradient flow over 100 steps', async () => { const backend = await createWasmBackend(); await gradientFlow(backend, stretchOf(open, 400, 500), { layer: 0 }, work); await backend.dispose() })
  await open.dispose()
}
