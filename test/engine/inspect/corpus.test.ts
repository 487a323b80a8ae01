import { expect, test } from 'vitest'
import { createWasmBackend } from '@main/engine/backends/wasm/wasm-backend'
import { readCorpus, type Corpus } from '@main/engine/inspect/corpus'
import { buildStore } from '@main/engine/inspect/state-store'
import { TraceSession } from '@main/engine/inspect/trace-session'
import { createWork } from '@main/engine/inspect/work'
import { ids, numbers } from '../primitives/case'
import { networkOf } from './networks'

const work = createWork()

/** A tensor over the whole corpus, [steps, width]; NaN where nothing was handed over. */
async function gathered(network: ReturnType<typeof networkOf>, corpus: Corpus, name: string, width: number): Promise<Float32Array> {
  const all = new Float32Array(corpus.steps * width).fill(NaN)
  await readCorpus(await createWasmBackend(), network, corpus, [name], ({ from, rows, stride, offset }, found) => {
    for (let row = 0; row < rows; row++) {
      expect(all[(from + row) * width]).toBeNaN()
      all.set(found[name]!.subarray((row * stride + offset) * width, (row * stride + offset + 1) * width), (from + row) * width)
    }
  }, work)
  return all
}

test.each([false, true])('sequences of any length give the states that each has by itself, two directions: %s', async (bidirectional) => {
  const network = networkOf({ cell: 'lstm', hiddenSize: 5, layers: 2, bidirectional })
  const lengths = Array.from({ length: 70 }, (_, at) => 1 + (at * 37) % 150)
  const starts = Int32Array.from(lengths, (_, at) => lengths.slice(0, at).reduce((sum, length) => sum + length, 0))
  const steps = lengths.reduce((sum, length) => sum + length, 0)
  const x = ids(3, steps, network.inputSize)
  const name = bidirectional ? 'c_l1_reverse' : 'c_l1'
  const found = await gathered(network, { kind: 'tokens', x, steps, starts }, name, 5)
  for (const [index, from] of starts.entries()) {
    const session = await TraceSession.open(await createWasmBackend(), network, { kind: 'tokens', x: x.slice(from, from + lengths[index]!) }, work)
    const own = await session.read(name, 0, lengths[index]!, work)
    own.forEach((value, at) => { expect(Math.abs(value - found[from * 5 + at]!)).toBeLessThan(1e-5) })
    await session.dispose()
  }
})

test('a stream is read in lanes whose states are those of one pass once they are in their stride', async () => {
  const network = networkOf({ cell: 'gru', hiddenSize: 6 }, { inputSize: 2, scale: 0.5 })
  const steps = 20_000
  const x = numbers(5, steps * 2)
  const found = await gathered(network, { kind: 'values', x, steps, starts: Int32Array.of(0) }, 'h_l0', 6)
  const session = await TraceSession.open(await createWasmBackend(), network, { kind: 'values', x }, work)
  const own = await session.read('h_l0', 0, steps, work)
  own.forEach((value, at) => { expect(Math.abs(value - found[at]!)).toBeLessThan(1e-4) })
  const store = await buildStore(await createWasmBackend(), network, { kind: 'values', x, steps, starts: Int32Array.of(0) }, 'h_l0', work)
  for (let at = 0; at < steps * 6; at += 7) expect(Math.abs(store.codes[(at % 6) * steps + Math.floor(at / 6)]! - own[at]! * 100)).toBeLessThan(1.01)
})

test('reading is given up when it is to be', async () => {
  const network = networkOf({ cell: 'gru', hiddenSize: 6 })
  await expect(buildStore(await createWasmBackend(), network, { kind: 'tokens', x: ids(1, 5000, 5), steps: 5000, starts: Int32Array.of(0) }, 'h_l0', createWork(() => true))).rejects.toMatchObject({ code: 'inspect.cancelled' })
  await expect(buildStore(await createWasmBackend(), network, { kind: 'tokens', x: ids(1, 50, 5), steps: 50, starts: Int32Array.of(0) }, 'c_l0', work)).rejects.toMatchObject({ code: 'inspect.no-tensor' })
})
