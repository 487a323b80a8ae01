import { describe, expect, test } from 'vitest'
import type { Backend } from '@main/engine/backends/backend'
import { createWasmBackend } from '@main/engine/backends/wasm/wasm-backend'
import { bucketed } from '@main/engine/inspect/buckets'
import type { LookedNetwork } from '@main/engine/inspect/looked-network'
import { TraceSession } from '@main/engine/inspect/trace-session'
import { createWork } from '@main/engine/inspect/work'
import { createOracleBackend } from '../oracle/oracle-backend'
import { ids, numbers } from '../primitives/case'
import { networkOf } from './networks'

const work = createWork()
const sigmoid = (value: number) => 1 / (1 + Math.exp(-value))

/** Every tensor of a session by name, whole. */
async function all(session: TraceSession): Promise<Record<string, Float32Array>> {
  const found: Record<string, Float32Array> = {}
  for (const spec of session.tensors) found[spec.name] = await session.read(spec.name, 0, session.stepsOf(spec), work)
  return found
}

/** Holds one layer's numbers against its equations, step by step, whatever made them. */
function expectEquations({ model, weights }: LookedNetwork, found: Record<string, Float32Array>, { prefix = '', layer = 0, suffix = '', below, start }: { prefix?: string; layer?: number; suffix?: string; below: (step: number) => number[]; start?: number[] }): void {
  const hidden = weights[`${prefix}rnn.weight_hh_l${layer}${suffix}`]!.shape[1]!
  const name = (letter: string) => `${prefix}${letter}_l${layer}${suffix}`
  const steps = found[name('h')]!.length / hidden
  const matrix = (kind: string, input: number[]) => {
    const { data, shape: [rows, columns] } = weights[`${prefix}rnn.${kind}_l${layer}${suffix}`]! as { data: Float32Array; shape: [number, number] }
    return Array.from({ length: rows }, (_, row) => input.reduce((sum, value, column) => sum + value * data[row * columns + column]!, 0))
  }
  const bias = (kind: string) => weights[`${prefix}rnn.${kind}_l${layer}${suffix}`]!.data
  const [bi, bh] = [bias('bias_ih'), bias('bias_hh')]
  for (let step = 0; step < steps; step++) {
    const before = suffix ? step + 1 : step - 1
    const state = (letter: string) => (before >= 0 && before < steps ? [...found[name(letter)]!.subarray(before * hidden, (before + 1) * hidden)] : letter === 'h' && start ? start : new Array<number>(hidden).fill(0))
    const at = (letter: string, unit: number, width = hidden) => found[name(letter)]![step * width + unit]!
    const [wx, uh] = [matrix('weight_ih', below(step)), matrix('weight_hh', state('h'))]
    wx.forEach((value, unit) => { expect(at('Wx', unit, wx.length)).toBeCloseTo(value, 5) })
    uh.forEach((value, unit) => { expect(at('Uh', unit, wx.length)).toBeCloseTo(value, 5) })
    for (let unit = 0; unit < hidden; unit++) {
      const sum = (gate: number) => wx[gate * hidden + unit]! + bi[gate * hidden + unit]! + uh[gate * hidden + unit]! + bh[gate * hidden + unit]!
      if (model.cell === 'rnn') {
        expect(at('h', unit)).toBeCloseTo(model.activation === 'relu' ? Math.max(0, sum(0)) : Math.tanh(sum(0)), 5)
      } else if (model.cell === 'lstm') {
        const [i, f, g, o] = [sigmoid(sum(0)), sigmoid(sum(1)), Math.tanh(sum(2)), sigmoid(sum(3))] as const
        const c = f * state('c')[unit]! + i * g
        for (const [letter, value] of Object.entries({ i, f, g, o, c, h: o * Math.tanh(c) })) expect(at(letter, unit), letter).toBeCloseTo(value, 5)
      } else {
        const [r, z, q] = [sigmoid(sum(0)), sigmoid(sum(1)), uh[2 * hidden + unit]! + bh[2 * hidden + unit]!]
        const n = Math.tanh(wx[2 * hidden + unit]! + bi[2 * hidden + unit]! + r * q)
        for (const [letter, value] of Object.entries({ r, z, n, q, h: (1 - z) * n + z * state('h')[unit]! })) expect(at(letter, unit), letter).toBeCloseTo(value, 5)
      }
    }
  }
}

const rowOf = (values: Float32Array, step: number, width: number) => [...values.subarray(step * width, (step + 1) * width)]
const oneHot = (token: number, size: number) => Array.from({ length: size }, (_, at) => (at === token ? 1 : 0))

describe('every number of a trace is that of its equation', () => {
  test.each([
    { cell: 'rnn', activation: 'tanh' }, { cell: 'rnn', activation: 'relu' }, { cell: 'gru' }, { cell: 'lstm' },
  ] as const)('$cell $activation, two layers, two directions, embedded tokens', async (change) => {
    const network = networkOf({ ...change, hiddenSize: 3, layers: 2, bidirectional: true, embeddingSize: 2 })
    const x = ids(4, 11, network.inputSize)
    const session = await TraceSession.open(await createWasmBackend(), network, { kind: 'tokens', x }, work)
    const found = await all(session)
    const table = network.weights['embedding.weight']!.data
    x.forEach((token, step) => { expect(rowOf(found['embedding']!, step, 2)).toEqual([...table.subarray(token * 2, token * 2 + 2)]) })
    const both = (step: number) => [...rowOf(found['h_l0']!, step, 3), ...rowOf(found['h_l0_reverse']!, step, 3)]
    for (const suffix of ['', '_reverse']) {
      expectEquations(network, found, { suffix, below: (step) => rowOf(found['embedding']!, step, 2) })
      expectEquations(network, found, { layer: 1, suffix, below: both })
    }
    const [head, c] = [network.weights['head.weight']!.data, network.weights['head.bias']!.data]
    for (let step = 0; step < 11; step++) {
      const top = [...rowOf(found['h_l1']!, step, 3), ...rowOf(found['h_l1_reverse']!, step, 3)]
      rowOf(found['y']!, step, 4).forEach((value, row) => { expect(value).toBeCloseTo(top.reduce((sum, h, at) => sum + h * head[row * 6 + at]!, c[row]!), 5) })
    }
  })

  test.each(['rnn', 'gru', 'lstm'] as const)('%s encoder and decoder with attention', async (cell) => {
    const network = networkOf({ cell, hiddenSize: 3, attention: true, bidirectional: true }, { output: 'sequence' })
    const [x, decoder] = [ids(4, 6, 5), ids(5, 4, 4)]
    const session = await TraceSession.open(await createWasmBackend(), network, { kind: 'tokens', x, decoder, targets: { kind: 'classes', ids: ids(6, 4, 4) } }, work)
    const found = await all(session)
    expectEquations(network, found, { prefix: 'encoder.', below: (step) => oneHot(x[step]!, 5) })
    expectEquations(network, found, { prefix: 'encoder.', suffix: '_reverse', below: (step) => oneHot(x[step]!, 5) })
    const start = [...rowOf(found['encoder.h_l0']!, 5, 3), ...rowOf(found['encoder.h_l0_reverse']!, 0, 3)]
    if (cell !== 'lstm') expectEquations(network, found, { prefix: 'decoder.', below: (step) => oneHot(decoder[step]!, 4), start })
    for (let step = 0; step < 4; step++) expect(rowOf(found['attention']!, step, 6).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5)
    expect(session.losses!.every((loss) => loss > 0)).toBe(true)
  })
})

describe('long traces', () => {
  const network = networkOf({ cell: 'lstm', hiddenSize: 4, layers: 2 }, { inputSize: 2, outputSize: 2 })
  const x = numbers(9, 700 * 2)
  const values = numbers(10, 700 * 2)
  const open = async (backend: Promise<Backend> = createWasmBackend()) => TraceSession.open(await backend, network, { kind: 'values', x, targets: { kind: 'values', loss: 'mse', values } }, work)

  test('come in windows, wherever they are cut, the same as in one', async () => {
    // The oracle knows no chunks but those of the session; windows of another session are cut elsewhere.
    const [whole, session] = [await all(await open(Promise.resolve(createOracleBackend()))), await open()]
    for (const [from, to] of [[0, 1], [127, 129], [100, 420], [640, 700], [690, 900]] as const) {
      for (const spec of session.tensors) {
        const found = await session.read(spec.name, from, to, work)
        const expected = whole[spec.name]!.subarray(from * spec.width, to * spec.width)
        expect(found.length).toBe(expected.length)
        found.forEach((value, at) => { expect(Math.abs(value - expected[at]!)).toBeLessThan(2e-6) })
      }
    }
  })

  test('have a loss at each step that has a target', async () => {
    const session = await open()
    const y = await session.read('y', 0, 700, work)
    session.losses!.forEach((loss, step) => { expect(loss).toBeCloseTo(((y[step * 2]! - values[step * 2]!) ** 2 + (y[step * 2 + 1]! - values[step * 2 + 1]!) ** 2) / 2, 5) })
  })

  test('are gathered in buckets of smallest and largest', () => {
    const { least, most } = bucketed(Float32Array.of(1, 5, 2, -1, 0, 9, 7, 7), 2, 3)
    expect([...least]).toEqual([0, -1, 7, 7])
    expect([...most]).toEqual([2, 9, 7, 7])
  })

  test('are given up when they are to be', async () => {
    await expect(TraceSession.open(await createWasmBackend(), network, { kind: 'values', x }, createWork(() => true))).rejects.toMatchObject({ code: 'inspect.cancelled' })
  })

  test('refuse an input that does not fit', async () => {
    const backend = await createWasmBackend()
    await expect(TraceSession.open(backend, network, { kind: 'values', x: x.subarray(0, 3) }, work)).rejects.toMatchObject({ code: 'input.invalid' })
    await expect(TraceSession.open(backend, networkOf({}), { kind: 'tokens', x: Int32Array.of(0, 5) }, work)).rejects.toMatchObject({ code: 'input.invalid', message: expect.stringContaining('Token 1') as string })
    await expect((await open()).read('z_l0', 0, 1, work)).rejects.toMatchObject({ code: 'inspect.no-tensor', hint: expect.stringContaining('h_l0') as string })
  })
})
