// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { readSafetensors } from '@main/formats/safetensors'
import { correlations, orderByLikeness } from '@renderer/features/inspector/cluster-order'
import { csv, safetensors } from '@renderer/features/inspector/download'
import { stepWork, topOutputs } from '@renderer/features/inspector/step-equations'
import { fitPoints, turned } from '@renderer/features/inspector/scatter-geometry'
import { firstPlace, placesOf } from '@renderer/features/inspector/tensor-words'
import type { Moment, Trace } from '@shared/rpc/inspect-schemas'

const matrix = (steps: number, units: number, value: (step: number, unit: number) => number) =>
  ({ steps, units, hidden: Float32Array.from({ length: steps * units }, (_, at) => value(Math.floor(at / units), at % units)) })

describe('the order of units by likeness', () => {
  it('puts those that act alike together, whatever their numbers', () => {
    // Three kinds, shuffled: a slow wave, a fast one, a ramp.
    const kinds = [2, 0, 1, 0, 2, 1, 1, 0, 2, 0, 1, 2]
    const states = matrix(300, kinds.length, (step, unit) => [Math.sin(step / 40), Math.sin(step * 1.1), step / 300][kinds[unit]!]! * (1 + unit / 5) + 0.02 * Math.sin(step * unit * 7.3))
    const order = [...orderByLikeness(states)]
    expect(order.toSorted((a, b) => a - b)).toEqual(kinds.map((_, unit) => unit))
    const changes = order.slice(1).filter((unit, at) => kinds[unit] !== kinds[order[at]!]).length
    expect(changes).toBe(2)
  })

  it('takes units that never move, and a single one', () => {
    expect([...orderByLikeness(matrix(5, 3, () => 0.5))].toSorted()).toEqual([0, 1, 2])
    expect([...orderByLikeness(matrix(5, 1, (step) => step))]).toEqual([0])
  })

  it('is by Pearson’s r', () => {
    const r = correlations(matrix(100, 3, (step, unit) => unit === 0 ? step : unit === 1 ? 3 - 2 * step : step % 2))
    expect(r[1]).toBeCloseTo(-1, 5)
    expect(r[3]).toBe(r[1])
    expect(Math.abs(r[2]!)).toBeLessThan(0.1)
  })

  it('takes 512 units over 10,000 steps in the time of a few frames', () => {
    const states = matrix(10_000, 512, (step, unit) => Math.sin(step / (3 + unit % 17)) + Math.cos(step * unit))
    const began = performance.now()
    orderByLikeness(states)
    const took = performance.now() - began
    console.log(`512 units in order by likeness in ${took.toFixed(0)} ms`)
    expect(took).toBeLessThan(3000)
  })
})

describe('the numbers of one step', () => {
  const random = (seed: number) => () => (seed = (seed * 16807) % 2147483647) / 2147483647 * 2 - 1
  const next = random(7)
  const vector = (length: number) => Float32Array.from({ length }, next)
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))
  const place = { id: '_l1', stack: '' as const, layer: 1, direction: 'forward' as const, suffix: '_l1', label: 'layer 2' }
  const moment = (tensors: Record<string, Float32Array>, previous: Record<string, Float32Array>, gates: number): Moment =>
    ({ step: 3, input: { label: 'a', token: 0, values: null }, tensors, previous, biases: { 'rnn.bias_ih_l1': vector(gates * 4), 'rnn.bias_hh_l1': vector(gates * 4), 'rnn.bias_ih_l0': vector(gates * 4) } })

  it('of an LSTM are sums of what its equations add up', () => {
    const made = moment({ h_l1: vector(4), c_l1: vector(4), i_l1: vector(4), f_l1: vector(4), g_l1: vector(4), o_l1: vector(4), Wx_l1: vector(16), Uh_l1: vector(16) }, { h_l1: vector(4), c_l1: vector(4) }, 4)
    const { gates, lines, previous } = stepWork(made, place, { cell: 'lstm', activation: 'tanh' })
    expect(gates.map(({ of, squash }) => `${of} ${squash}`)).toEqual(['i σ', 'f σ', 'g tanh', 'o σ'])
    gates.forEach(({ Wx, Uh, b }, gate) => {
      for (let unit = 0; unit < 4; unit++) {
        expect(Wx[unit]).toBe(made.tensors['Wx_l1']![gate * 4 + unit])
        expect(Uh[unit]).toBe(made.tensors['Uh_l1']![gate * 4 + unit])
        expect(b[unit]).toBeCloseTo(made.biases['rnn.bias_ih_l1']![gate * 4 + unit]! + made.biases['rnn.bias_hh_l1']![gate * 4 + unit]!, 6)
      }
    })
    expect(previous.map(({ name }) => name)).toEqual(['h', 'c'])
    expect(lines.map(({ name }) => name)).toEqual(['c', 'h'])
  })

  it('of a GRU have the candidate’s product under the reset gate', () => {
    const [b, Wx, Uh, before] = [vector(12), vector(12), vector(12), vector(4)]
    const r = Float32Array.from({ length: 4 }, (_, unit) => sigmoid(Wx[unit]! + Uh[unit]! + b[unit]!))
    const q = vector(4)
    const n = Float32Array.from({ length: 4 }, (_, unit) => Math.tanh(Wx[8 + unit]! + b[8 + unit]! + r[unit]! * q[unit]!))
    const made = { ...moment({ h_l1: vector(4), r_l1: r, z_l1: vector(4), n_l1: n, q_l1: q, Wx_l1: Wx, Uh_l1: Uh }, { h_l1: before }, 3), biases: { 'rnn.bias_ih_l1': b, 'rnn.bias_hh_l1': new Float32Array(12) } }
    for (const { of, Wx: w, Uh: u, b: bias, value } of stepWork(made, place, { cell: 'gru', activation: 'tanh' }).gates) {
      if (of === 'z') continue
      for (let unit = 0; unit < 4; unit++) {
        const sum = w[unit]! + u[unit]! + bias[unit]!
        expect(of === 'r' ? sigmoid(sum) : Math.tanh(sum)).toBeCloseTo(value[unit]!, 5)
      }
    }
  })

  it('end with the likeliest outputs, which are shares of one', () => {
    const top = topOutputs(Float32Array.of(1, 3, 2), ['a', 'b', 'c'], true)
    expect(top.map(({ name }) => name)).toEqual(['b', 'c', 'a'])
    expect(top.reduce((sum, { probability }) => sum + probability!, 0)).toBeCloseTo(1, 6)
    expect(topOutputs(Float32Array.of(-1, 7), ['low', 'high'], false)).toMatchObject([{ name: 'low', probability: null }, { name: 'high', value: 7 }])
  })
})

it('the layer looked at first is the last one, forward', () => {
  const h = (layer: number, direction: 'forward' | 'reverse') => ({ name: 'h', of: 'h', stack: '' as const, layer, direction, width: 2, steps: 2 })
  const places = placesOf({ tensors: [h(0, 'forward'), h(0, 'reverse'), h(1, 'forward'), h(1, 'reverse')] } as unknown as Trace)
  expect(places.map(({ label }) => label)).toEqual(['layer 1, forward', 'layer 1, reverse', 'layer 2, forward', 'layer 2, reverse'])
  expect(firstPlace(places)?.suffix).toBe('_l1')
})

describe('numbers taken away', () => {
  it('are a safetensors file that reads back the same', async () => {
    const values = Float32Array.of(0.5, -1, Number.NaN, 4, 5, 6)
    const blob = safetensors([{ name: 'h_l0', shape: [3, 2], values }, { name: 'y', shape: [1], values: Float32Array.of(7) }], { labels: '["ä"]' })
    const { tensors, metadata } = readSafetensors(new Uint8Array(await blob.arrayBuffer()))
    expect(metadata['labels']).toBe('["ä"]')
    expect(tensors['h_l0']!.shape).toEqual([3, 2])
    expect([...tensors['h_l0']!.data]).toEqual([...values])
    expect([...tensors['y']!.data]).toEqual([7])
  })

  it('are CSV whose symbols are quoted where they must be', async () => {
    expect(await csv([['step', 'label', 'h'], [0, ',', 0.5], [1, '"', -1], [2, '\n', 3], [3, ' ', 1]]).text()).toBe('step,label,h\r\n0,",",0.5\r\n1,"""",-1\r\n2,"\n",3\r\n3," ",1\r\n')
  })
})

describe('points in space', () => {
  const size = { width: 200, height: 100 }
  const front = { yaw: 0, pitch: 0, zoom: 1, x: 0, y: 0 }

  it('lie inside the picture whatever their numbers, up being up', () => {
    const points = Float32Array.of(1000, -3, 1400, 5, Number.NaN, 0)
    const placed = turned(points, 2, fitPoints([points], 2), front, size)
    for (let at = 0; at < 4; at += 2) {
      expect(placed[at]).toBeGreaterThanOrEqual(0)
      expect(placed[at]).toBeLessThanOrEqual(200)
    }
    expect(placed[0]).toBeLessThan(placed[2]!)
    expect(placed[1]).toBeGreaterThan(placed[3]!)
  })

  it('keep their distances from the middle when they are turned', () => {
    const points = Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, -1, -1, -1)
    const fit = { centre: [0, 0, 0], reach: 1 }
    const half = turned(points, 3, fit, { ...front, yaw: Math.PI }, size)
    const straight = turned(points, 3, fit, front, size)
    // Half a turn mirrors left and right and leaves up and down.
    for (let at = 0; at < straight.length; at += 2) {
      expect(half[at]! - 100).toBeCloseTo(100 - straight[at]!, 3)
      expect(half[at + 1]).toBeCloseTo(straight[at + 1]!, 3)
    }
  })
})
