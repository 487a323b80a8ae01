import { describe, expect, it } from 'vitest'
import { elements, weightSpecs } from '@shared/model/weights'
import { initialWeights } from '@main/engine/initializers/initial-weights'
import { Random } from '@main/engine/random'
import { modelOf } from '../bptt/gradient-check'

const draw = (changes: Parameters<typeof modelOf>[0], seed = 1) => initialWeights(modelOf({ hiddenSize: 12, ...changes }), 6, 5, new Random(seed))
const largest = (values: Float32Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
const deviation = (values: Float32Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length)

describe('initial weights', () => {
  it.each(['default', 'xavier', 'orthogonal'].flatMap((init) => (['rnn', 'gru', 'lstm'] as const).map((cell) => ({ init, cell }))))('$init, $cell: every weight of the model, the same for the same seed', ({ init, cell }) => {
    const model = { init, cell, layers: 2, bidirectional: true, embeddingSize: 4 }
    const weights = draw(model)
    expect(Object.entries(weights).map(([name, { shape }]) => ({ name, shape }))).toEqual(weightSpecs(modelOf({ hiddenSize: 12, ...model }), 6, 5))
    for (const { shape, data } of Object.values(weights)) expect(data.length).toBe(elements(shape))
    expect(draw(model)).toEqual(weights)
    expect(draw(model, 2)['rnn.weight_hh_l0']!.data).not.toEqual(weights['rnn.weight_hh_l0']!.data)
  })

  it('xavier: uniform within √(6 / (fan-in + fan-out)) of each gate, biases 0', () => {
    const weights = draw({ cell: 'lstm', init: 'xavier' })
    const bound = Math.sqrt(6 / (6 + 12))
    expect(largest(weights['rnn.weight_ih_l0']!.data)).toBeLessThanOrEqual(bound)
    expect(deviation(weights['rnn.weight_ih_l0']!.data)).toBeGreaterThan(0.85 * bound / Math.sqrt(3))
    expect(largest(weights['rnn.bias_ih_l0']!.data)).toBe(0)
    expect(largest(weights['head.bias']!.data)).toBe(0)
    expect(largest(weights['head.weight']!.data)).toBeLessThanOrEqual(Math.sqrt(6 / (12 + 5)))
  })

  it('orthogonal: UᵀU = I in every gate, and no two gates alike', () => {
    const { data } = draw({ cell: 'gru', init: 'orthogonal', hiddenSize: 33 })['rnn.weight_hh_l0']!
    for (let gate = 0; gate < 3; gate++) {
      const block = data.subarray(gate * 33 * 33, (gate + 1) * 33 * 33)
      for (let i = 0; i < 33; i++) {
        for (let j = 0; j < 33; j++) {
          let sum = 0
          for (let k = 0; k < 33; k++) sum += block[i * 33 + k]! * block[j * 33 + k]!
          expect(sum).toBeCloseTo(i === j ? 1 : 0, 5)
        }
      }
    }
    expect(data.slice(0, 33 * 33)).not.toEqual(data.slice(33 * 33, 2 * 33 * 33))
  })

  it('identity: U = I, W small, b = 0', () => {
    const weights = draw({ init: 'identity', activation: 'relu' })
    weights['rnn.weight_hh_l0']!.data.forEach((value, index) => { expect(value).toBe(index % 13 === 0 ? 1 : 0) })
    expect(largest(weights['rnn.weight_ih_l0']!.data)).toBeLessThan(0.006)
    expect(largest(weights['rnn.weight_ih_l0']!.data)).toBeGreaterThan(0)
    expect([...weights['rnn.bias_ih_l0']!.data, ...weights['rnn.bias_hh_l0']!.data].every((value) => value === 0)).toBe(true)
  })

  it('forgetBias is added to the forget gate’s b alone, once', () => {
    const [plain, raised] = [draw({ cell: 'lstm' }), draw({ cell: 'lstm', forgetBias: 1 })]
    const difference = raised['rnn.bias_ih_l0']!.data.map((value, index) => value - plain['rnn.bias_ih_l0']!.data[index]!)
    difference.forEach((value, index) => { expect(value).toBeCloseTo(index >= 12 && index < 24 ? 1 : 0, 6) })
    expect(raised['rnn.bias_hh_l0']).toEqual(plain['rnn.bias_hh_l0'])
    expect(raised['head.weight']).toEqual(plain['head.weight'])
  })
})
