import { describe, expect, test } from 'vitest'
import { createWasmBackend } from '@main/engine/backends/wasm/wasm-backend'
import { gradientFlow } from '@main/engine/inspect/gradient-flow'
import { byLag, inputGradients } from '@main/engine/inspect/input-gradients'
import { occlusion } from '@main/engine/inspect/occlusion'
import { stretchOf } from '@main/engine/inspect/stretch-program'
import type { LookedInput, LookedNetwork } from '@main/engine/inspect/looked-network'
import { TraceSession } from '@main/engine/inspect/trace-session'
import { createWork } from '@main/engine/inspect/work'
import { orthogonal } from '@main/engine/initializers/matrices'
import { Random } from '@main/engine/random'
import { createOracleBackend } from '../oracle/oracle-backend'
import { ids, numbers } from '../primitives/case'
import { networkOf } from './networks'

const work = createWork()
const open = async (network: LookedNetwork, input: LookedInput) => TraceSession.open(await createWasmBackend(), network, input, work)

/** An Elman network of one layer with these matrices and no bias. */
function linear(activation: 'tanh' | 'relu', U: Float32Array, W: Float32Array, V: Float32Array, hidden: number): LookedNetwork {
  const network = networkOf({ cell: 'rnn', activation, hiddenSize: hidden }, { inputSize: W.length / hidden, outputSize: V.length / hidden })
  for (const weight of Object.values(network.weights)) weight.data.fill(0)
  network.weights['rnn.weight_hh_l0']!.data.set(U)
  network.weights['rnn.weight_ih_l0']!.data.set(W)
  network.weights['head.weight']!.data.set(V)
  return network
}

const times = (a: Float32Array | Float64Array, b: Float32Array | Float64Array, n: number) => Float64Array.from({ length: a.length / n * (b.length / n) }, (_, at) => {
  const columns = b.length / n
  const [row, column] = [Math.floor(at / columns), at % columns]
  let sum = 0
  for (let k = 0; k < n; k++) sum += a[row * n + k]! * b[k * columns + column]!
  return sum
})
const norm = (values: ArrayLike<number>) => Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0))

describe('the gradient of a linear network decays as its equation says', () => {
  const hidden = 8
  test.each([['a scaled identity under ReLU, in its linear range', 'relu', 0.9], ['a scaled orthogonal matrix under tanh at small signals', 'tanh', 0.85], ['one that grows', 'tanh', 1.1]] as const)('%s', async (_name, activation, scale) => {
    const U = activation === 'relu' ? Float32Array.from({ length: 64 }, (_, at) => (at % 9 === 0 ? scale : 0)) : orthogonal(hidden, new Random(3)).map((value) => value * scale)
    const small = activation === 'relu' ? 1 : 1e-6
    const network = linear(activation, U, Float32Array.from(numbers(1, hidden * 2), (value) => Math.abs(value)), numbers(2, hidden * 3), hidden)
    const steps = 40
    const session = await open(network, { kind: 'values', x: Float32Array.from(numbers(4, steps * 2), (value) => Math.abs(value) * small) })
    const { norms, largest, units, exact } = await gradientFlow(await createWasmBackend(), stretchOf(session, 0, steps), { layer: 0 }, work)
    expect(exact).toBe(true)
    for (let step = 0; step < steps; step++) {
      // ∂h_T/∂h_t = U^{T−t}, all of whose singular values are scale^{T−t}.
      const expected = scale ** (steps - 1 - step)
      expect(norms[step]! / expected).toBeCloseTo(1, 4)
      expect(largest![step]! / expected).toBeCloseTo(1, 4)
      // So are the lengths of all its columns.
      for (let unit = 0; unit < hidden; unit++) expect(units[step * hidden + unit]! / expected).toBeCloseTo(1, 4)
    }
    // ∂y_t/∂x_{t−k} = V U^k W: by lag, for one column of y.
    const outputs = [20, 30, 39]
    const found = await inputGradients(await createWasmBackend(), stretchOf(session, 0, steps), outputs, { kind: 'column', column: 1 }, work)
    const lags = byLag(found, outputs)
    let power: Float64Array = Float64Array.from(network.weights['head.weight']!.data.subarray(hidden, 2 * hidden))
    for (let lag = 0; lag <= 20; lag++) {
      const expected = norm(times(power, network.weights['rnn.weight_ih_l0']!.data, hidden))
      expect(lags[lag]! / expected).toBeCloseTo(1, 4)
      power = times(power, U, hidden)
    }
    // What each input adds, summed over all inputs, is the whole output of a linear network.
    const y = await session.read('y', 39, 40, work)
    expect(found.signed.subarray(2 * steps, 3 * steps).reduce((sum, value) => sum + value, 0) / y[1]!).toBeCloseTo(1, 4)
  })
})

describe('gradients of any network agree with central differences of its outputs', () => {
  test.each([
    { cell: 'rnn', layers: 2 }, { cell: 'gru', bidirectional: true }, { cell: 'lstm', layers: 2, bidirectional: true },
  ] as const)('$cell', async (change) => {
    const network = networkOf({ ...change, hiddenSize: 4 }, { inputSize: 3, outputSize: 2 })
    const x = numbers(7, 9 * 3)
    const oracle = createOracleBackend()
    const session = await TraceSession.open(oracle, network, { kind: 'values', x }, work)
    const found = await inputGradients(oracle, stretchOf(session, 0, 9), [6], { kind: 'column', column: 1 }, work)
    for (let step = 0; step < 9; step++) {
      const slopes = Array.from({ length: 3 }, () => 0)
      for (let column = 0; column < 3; column++) {
        const at = async (by: number) => {
          const moved = x.slice()
          moved[step * 3 + column]! += by
          return (await (await TraceSession.open(oracle, network, { kind: 'values', x: moved }, work)).read('y', 6, 7, work))[1]!
        }
        slopes[column] = (await at(2 ** -9) - await at(-(2 ** -9))) / 2 ** -8
      }
      expect(Math.abs(found.norms[step]! - norm(slopes))).toBeLessThan(2e-4)
      expect(Math.abs(found.signed[step]! - slopes.reduce((sum, slope, column) => sum + slope * x[step * 3 + column]!, 0))).toBeLessThan(2e-4)
    }
  })

  test('the flow through an LSTM: its cell, and the estimate for wide layers', async () => {
    const network = networkOf({ cell: 'lstm', hiddenSize: 130 }, { scale: 0.08 })
    const session = await open(network, { kind: 'tokens', x: ids(3, 12, 5) })
    const stretch = stretchOf(session, 0, 12)
    const estimate = await gradientFlow(await createWasmBackend(), stretch, { layer: 0 }, work)
    expect(estimate).toMatchObject({ exact: false, probes: 48, largest: null })
    // The last state by itself is the identity.
    expect(estimate.norms[11]).toBeCloseTo(1, 5)
    const narrow = networkOf({ cell: 'lstm', hiddenSize: 6 })
    const exact = await gradientFlow(createOracleBackend(), stretchOf(await TraceSession.open(createOracleBackend(), narrow, { kind: 'tokens', x: ids(3, 12, 5) }, work), 0, 12), { layer: 0 }, work)
    expect(exact.cell!.length).toBe(12)
    expect(exact.norms[11]).toBeCloseTo(1, 5)
    expect(exact.cell![11]).toBe(0)
    expect(exact.cell![10]).toBeGreaterThan(0)
  })

  test('encoder and decoder: an answer depends on every source token', async () => {
    const network = networkOf({ cell: 'gru', hiddenSize: 4, attention: true }, { output: 'sequence' })
    const session = await open(network, { kind: 'tokens', x: ids(4, 6, 5), decoder: ids(5, 4, 4), targets: { kind: 'classes', ids: ids(6, 4, 4) } })
    const { norms, states, inputs, outputs } = await inputGradients(await createWasmBackend(), stretchOf(session, 0, 6), [0, 3], { kind: 'loss' }, work)
    expect([outputs, inputs]).toEqual([2, 6])
    expect(norms.every((value) => value > 0)).toBe(true)
    expect(states['decoder.h_l0']!.length).toBe(8)
    // What the decoder does later can't reach back to an earlier output.
    expect([...states['decoder.h_l0']!.subarray(1, 4)]).toEqual([0, 0, 0])
  })
})

test('occlusion: what is taken away changes nothing before it, and a linear network by exactly what it added', async () => {
  const hidden = 4
  const U = Float32Array.from({ length: 16 }, (_, at) => (at % 5 === 0 ? 0.9 : 0))
  const network = linear('relu', U, Float32Array.from(numbers(1, hidden * 2), Math.abs), numbers(2, hidden), hidden)
  const session = await open(network, { kind: 'values', x: Float32Array.from(numbers(4, 30 * 2), Math.abs) })
  const stretch = stretchOf(session, 10, 30)
  const { effects, inputs, outputs } = await occlusion(await createWasmBackend(), stretch, 'zero', work)
  expect([inputs, outputs]).toEqual([20, 20])
  const { signed } = await inputGradients(await createWasmBackend(), stretch, [19], { kind: 'column', column: 0 }, work)
  for (let input = 0; input < 20; input++) {
    for (let output = 0; output < input; output++) expect(effects[input * 20 + output]).toBe(0)
    expect(effects[input * 20 + 19]).toBeCloseTo(Math.abs(signed[input]!), 4)
  }
  const text = networkOf({ cell: 'lstm', hiddenSize: 5, embeddingSize: 3 })
  const x = ids(2, 15, 5)
  const found = await occlusion(await createWasmBackend(), stretchOf(await open(text, { kind: 'tokens', x, targets: { kind: 'classes', ids: ids(3, 15, 5) } }), 0, 15), 'mean', work)
  expect(found.effects.some((value) => value < 0)).toBe(true)
  expect(found.effects[3 * 15 + 2]).toBe(0)
})
