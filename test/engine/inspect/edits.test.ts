import { describe, expect, test } from 'vitest'
import { createWasmBackend } from '@main/engine/backends/wasm/wasm-backend'
import { editedInput, editedNetwork, type Edit } from '@main/engine/inspect/edits'
import type { LookedInput, LookedNetwork } from '@main/engine/inspect/looked-network'
import { TraceSession } from '@main/engine/inspect/trace-session'
import { umap } from '@main/engine/inspect/umap'
import { createWork } from '@main/engine/inspect/work'
import { ids, numbers } from '../primitives/case'
import { networkOf } from './networks'
import { planted, plantedNetwork, plantedText, symbols } from './planted'

const work = createWork()
const [steps, hidden] = [20, 5]
const input = { kind: 'tokens' as const, x: ids(3, steps, 5), targets: { kind: 'classes' as const, ids: ids(4, steps, 4) } }
const open = async (network: LookedNetwork, own: LookedInput = input) => TraceSession.open(await createWasmBackend(), network, own, work)
const read = (session: TraceSession, name: string) => session.read(name, 0, session.steps, work)
const column = (values: Float32Array, unit: number) => Array.from({ length: values.length / hidden }, (_, step) => values[step * hidden + unit]!)

describe('a unit or a gate is held', () => {
  test.each([
    ['rnn', { kind: 'unit', cell: 'l0', unit: 2, of: 'h', value: -0.4 }, 'h_l0'], ['gru', { kind: 'unit', cell: 'l1', unit: 3, of: 'h', value: 0.7 }, 'h_l1'],
    ['lstm', { kind: 'unit', cell: 'l0', unit: 1, of: 'h', value: 0.5 }, 'h_l0'], ['lstm', { kind: 'unit', cell: 'l1_reverse', unit: 0, of: 'h', value: 0 }, 'h_l1_reverse'],
    ['lstm', { kind: 'unit', cell: 'l0', unit: 1, of: 'c', value: -0.9 }, 'c_l0'], ['lstm', { kind: 'gate', cell: 'l0', unit: 4, gate: 'f', value: 1 }, 'f_l0'],
    ['lstm', { kind: 'gate', cell: 'l0', unit: 4, gate: 'g', value: -0.25 }, 'g_l0'], ['gru', { kind: 'gate', cell: 'l0_reverse', unit: 4, gate: 'z', value: 0 }, 'z_l0_reverse'],
    ['gru', { kind: 'gate', cell: 'l0', unit: 0, gate: 'n', value: 0.1 }, 'n_l0'], ['gru', { kind: 'gate', cell: 'l0', unit: 0, gate: 'r', value: 0.5 }, 'r_l0'],
  ] as const)('%s %o', async (cell, edit, tensor) => {
    const network = networkOf({ cell, hiddenSize: hidden, layers: 2, bidirectional: true })
    const kept = structuredClone(network.weights)
    const session = await open(editedNetwork(network, [edit as Edit]))
    for (const value of column(await read(session, tensor), edit.unit)) expect(value).toBeCloseTo(edit.value, 5)
    expect(network.weights).toEqual(kept)
    expect([...session.losses!]).not.toEqual([...(await open(network)).losses!])
  })

  test.each(['rnn', 'gru', 'lstm'] as const)('%s: a silent unit is one that nothing reads', async (cell) => {
    const network = networkOf({ cell, hiddenSize: hidden })
    const silent = await open(editedNetwork(network, [{ kind: 'unit', cell: 'l0', unit: 2, of: 'h', value: 0 }]))
    const unread = structuredClone(network)
    for (const name of ['rnn.weight_hh_l0', 'head.weight']) for (let row = 0; row < unread.weights[name]!.shape[0]!; row++) unread.weights[name]!.data[row * hidden + 2] = 0
    const [a, b] = [await read(silent, 'y'), await read(await open(unread), 'y')]
    a.forEach((value, at) => { expect(value).toBeCloseTo(b[at]!, 5) })
  })

  test('an Elman cell under ReLU holds numbers above 1; what can\'t be held is refused with a reason', async () => {
    const relu = networkOf({ activation: 'relu', hiddenSize: hidden })
    const session = await open(editedNetwork(relu, [{ kind: 'unit', cell: 'l0', unit: 0, of: 'h', value: 3 }]))
    for (const value of column(await read(session, 'h_l0'), 0)) expect(value).toBe(3)
    const refused = (network: LookedNetwork, edit: Edit) => expect(() => editedNetwork(network, [edit])).toThrow(expect.objectContaining({ code: 'inspect.edit' }) as Error)
    refused(relu, { kind: 'unit', cell: 'l0', unit: 0, of: 'h', value: -1 })
    refused(relu, { kind: 'unit', cell: 'l0', unit: 9, of: 'h', value: 0 })
    refused(relu, { kind: 'unit', cell: 'l0', unit: 0, of: 'c', value: 0 })
    refused(relu, { kind: 'gate', cell: 'l0', unit: 0, gate: 'z', value: 0 })
    refused(networkOf({ cell: 'lstm' }), { kind: 'unit', cell: 'l0', unit: 0, of: 'h', value: 0.9 })
    refused(networkOf({ cell: 'gru' }), { kind: 'gate', cell: 'l0', unit: 0, gate: 'r', value: 1.2 })
    refused(relu, { kind: 'weight', name: 'head.weight', row: 4, column: 0, value: 1 })
    expect(() => editedNetwork(networkOf({ cell: 'gru', layers: 2, bidirectional: true }), [{ kind: 'unit', cell: 'l9', unit: 0, of: 'h', value: 0 }]))
      .toThrow(expect.objectContaining({ message: 'There is no layer "l9".', hint: 'It has l0, l0_reverse, l1, l1_reverse.' }) as Error)
    refused(relu, { kind: 'weight', name: 'rnn.weight_hh_l3', row: 0, column: 0, value: 1 })
  })
})

test('a weight and an input are changed, and only they', async () => {
  const network = networkOf({ hiddenSize: hidden })
  const edited = editedNetwork(network, [{ kind: 'weight', name: 'head.bias', row: 3, column: 0, value: 2.5 }])
  const [before, after] = [await read(await open(network), 'y'), await read(await open(edited), 'y')]
  const moved = 2.5 - network.weights['head.bias']!.data[3]!
  after.forEach((value, at) => { expect(value - before[at]!).toBeCloseTo(at % 4 === 3 ? moved : 0, 5) })
  const changed = editedInput(input, 5, [{ kind: 'input', step: 12, token: (input.x[12]! + 1) % 5, values: null }])
  const [own, other] = [await read(await open(network), 'h_l0'), await read(await open(network, changed), 'h_l0')]
  expect([...other.subarray(0, 12 * hidden)]).toEqual([...own.subarray(0, 12 * hidden)])
  expect([...other.subarray(12 * hidden, 13 * hidden)]).not.toEqual([...own.subarray(12 * hidden, 13 * hidden)])
  expect(() => editedInput(input, 5, [{ kind: 'input', step: 20, token: 0, values: null }])).toThrow(/no step 20/)
})

test('without its latch the planted network no longer knows where it is, and the counter still counts', async () => {
  const x = Int32Array.from(plantedText(300), (symbol) => symbols.indexOf(symbol as (typeof symbols)[number]))
  const network = plantedNetwork()
  const [whole, without] = [await TraceSession.open(await createWasmBackend(), network, { kind: 'tokens', x }, work), await TraceSession.open(await createWasmBackend(), editedNetwork(network, [{ kind: 'unit', cell: 'l0', unit: planted.latch, of: 'h', value: 0 }]), { kind: 'tokens', x }, work)]
  const [a, b] = [await whole.read('h_l0', 0, 300, work), await without.read('h_l0', 0, 300, work)]
  for (let step = 0; step < 300; step++) {
    expect(b[step * 16 + planted.latch]).toBeCloseTo(0, 12)
    expect(b[step * 16 + planted.counter]).toBe(a[step * 16 + planted.counter])
  }
})

test('UMAP keeps two far clouds apart, and is the same for the same seed', async () => {
  const rows = numbers(3, 80 * 40, 0.1)
  for (let row = 0; row < 40; row++) rows[row * 40] = 5
  const options = { components: 2, neighbours: 8, minDist: 0.1, seed: 4 }
  const found = await umap(rows, 40, options, work)
  expect(await umap(rows, 40, options, work)).toEqual(found)
  const mean = (from: number, at: number) => Array.from({ length: 40 }, (_, row) => found[(from + row) * 2 + at]!).reduce((sum, value) => sum + value, 0) / 40
  const between = Math.hypot(mean(0, 0) - mean(40, 0), mean(0, 1) - mean(40, 1))
  let nearer = 0
  for (let row = 0; row < 80; row++) {
    const to = (from: number) => Math.hypot(found[row * 2]! - mean(from, 0), found[row * 2 + 1]! - mean(from, 1))
    if ((to(0) < to(40)) === (row < 40)) nearer++
  }
  expect(between).toBeGreaterThan(1)
  expect(nearer).toBe(80)
}, 30_000)
