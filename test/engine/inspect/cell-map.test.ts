import { describe, expect, test } from 'vitest'
import { createWasmBackend } from '@main/engine/backends/wasm/wasm-backend'
import { cellMap } from '@main/engine/inspect/cell-map'
import { fixedPointDefaults, fixedPoints } from '@main/engine/inspect/fixed-points'
import { TraceSession } from '@main/engine/inspect/trace-session'
import { createWork } from '@main/engine/inspect/work'
import { ids, numbers } from '../primitives/case'
import { networkOf } from './networks'

const work = createWork()
const cells = [{ cell: 'rnn', activation: 'tanh' }, { cell: 'rnn', activation: 'relu' }, { cell: 'gru' }, { cell: 'lstm' }] as const

describe('a cell as a map of its state', () => {
  test.each(cells)('$cell $activation goes where the network goes, and its Jacobian is that of central differences', async (change) => {
    const network = networkOf({ ...change, hiddenSize: 4, layers: 2 })
    const session = await TraceSession.open(await createWasmBackend(), network, { kind: 'tokens', x: ids(3, 12, 5) }, work)
    const letters = change.cell === 'lstm' ? ['h', 'c'] : ['h']
    const stateAt = (step: number) => Float64Array.from(letters.flatMap((letter) => [...session.state(`${letter}_l1`).subarray(step * 4, step * 4 + 4)]))
    const map = cellMap(network.model, network.weights, 'rnn.', 'l1', await session.read('Wx_l1', 8, 9, work))
    const state = stateAt(7)
    map.next(state).forEach((value, at) => { expect(value).toBeCloseTo(stateAt(8)[at]!, 5) })
    const jacobian = map.jacobian(state)
    for (let column = 0; column < map.size; column++) {
      const moved = (by: number) => map.next(state.map((value, at) => (at === column ? value + by : value)))
      const [above, below] = [moved(1e-6), moved(-1e-6)]
      for (let row = 0; row < map.size; row++) expect(jacobian[row * map.size + column]!).toBeCloseTo((above[row]! - below[row]!) / 2e-6, 6)
    }
  })
})

describe('fixed points', () => {
  test('of h ← tanh(2 h): two attractors, and 0 which pushes states away', async () => {
    const network = networkOf({ hiddenSize: 1 })
    for (const weight of Object.values(network.weights)) weight.data.fill(0)
    network.weights['rnn.weight_hh_l0']!.data[0] = 2
    const map = cellMap(network.model, network.weights, 'rnn.', 'l0', [0])
    const found = await fixedPoints(map, [-0.8, -0.01, 0.001, 0.3, 0.9].map((at) => Float64Array.of(at)), fixedPointDefaults, work)
    const at = found.map(({ state }) => state[0]!).sort((a, b) => a - b)
    // tanh(2 · 0.95750) = 0.95750
    expect(at).toHaveLength(3)
    ;[-0.9575040240772687, 0, 0.9575040240772687].forEach((value, index) => { expect(at[index]!).toBeCloseTo(value, 6) })
    const zero = found.find(({ state }) => Math.abs(state[0]!) < 0.1)!
    expect(zero.radius).toBeCloseTo(2, 6)
    expect(zero.unstable).toBe(1)
    for (const point of found) if (point !== zero) expect(point).toMatchObject({ unstable: 0 })
    expect(found.reduce((sum, point) => sum + point.found, 0)).toBe(5)
  })

  test.each(cells)('$cell $activation: each is left where it is, to many digits', async (change) => {
    const network = networkOf({ ...change, hiddenSize: 6 }, { scale: 0.4 })
    const map = cellMap(network.model, network.weights, 'rnn.', 'l0', new Float64Array({ rnn: 6, gru: 18, lstm: 24 }[change.cell]))
    const starts = Array.from({ length: 8 }, (_, at) => Float64Array.from(numbers(at + 1, map.size, 0.9)))
    const found = await fixedPoints(map, starts, fixedPointDefaults, work)
    expect(found.length).toBeGreaterThan(0)
    for (const { state } of found) map.next(state).forEach((value, at) => { expect(Math.abs(value - state[at]!)).toBeLessThan(3e-5) })
    expect(found[0]!.re).toHaveLength(map.size)
  })

  test('are given up when they are to be', async () => {
    const map = cellMap(networkOf({}).model, networkOf({}).weights, 'rnn.', 'l0', new Float64Array(7))
    await expect(fixedPoints(map, [new Float64Array(7).fill(0.5)], fixedPointDefaults, createWork(() => true))).rejects.toMatchObject({ code: 'inspect.cancelled' })
  })
})
