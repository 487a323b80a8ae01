import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ModelSpec } from '@shared/experiment/schema'
import { weightSpecs } from '@shared/model/weights'
import { initialWeights } from '@main/engine/initializers/initial-weights'
import { Random } from '@main/engine/random'

describe('random numbers', () => {
  it('are xoshiro128** 1.1: from the state 1 2 3 4 the first outputs worked out by hand', () => {
    // rotl(2 · 5, 7) · 9 = 11520; then s = (7, 0, 1026, 12288), so rotl(0, 7) · 9 = 0.
    const random = Random.restore([1, 2, 3, 4])
    expect(random.next()).toBe(11520)
    expect(random.save()).toEqual([7, 0, 1026, 12288])
    expect(random.next()).toBe(0)
  })

  it('go on from a saved state, and differ by seed and by stream', () => {
    fc.assert(fc.property(fc.integer(), fc.nat(50), (seed, skipped) => {
      const random = new Random(seed)
      for (let count = 0; count < skipped; count++) random.next()
      const again = Random.restore(random.save())
      const draws = (from: Random) => Array.from({ length: 5 }, () => from.next())
      expect(draws(again)).toEqual(draws(random))
      expect(draws(new Random(seed, 1))).not.toEqual(draws(new Random(seed)))
      expect(draws(new Random(seed + 1))).not.toEqual(draws(new Random(seed)))
    }))
  })

  it('are even: mean and variance of uniform and normal draws', () => {
    const random = new Random(5)
    const moments = (draw: () => number) => {
      const values = Array.from({ length: 40_000 }, draw)
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length
      return [mean, values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length] as const
    }
    const [mean, variance] = moments(() => random.uniform())
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.01)
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(0.003)
    const [normalMean, normalVariance] = moments(() => random.normal())
    expect(Math.abs(normalMean)).toBeLessThan(0.03)
    expect(Math.abs(normalVariance - 1)).toBeLessThan(0.05)
  })

  it('permute: every number once', () => {
    fc.assert(fc.property(fc.integer(), fc.integer({ min: 1, max: 200 }), (seed, count) => {
      const order = new Random(seed).permutation(count)
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, index) => index))
    }))
  })
})

describe('initial weights', () => {
  const model: ModelSpec = { cell: 'rnn', activation: 'tanh', hiddenSize: 64, layers: 1, bidirectional: false, dropout: 0, inputDropout: 0, embeddingSize: null, attention: false, init: 'default', forgetBias: 0 }

  it('fill ±1/√H, as PyTorch draws them, and are the same for the same seed', () => {
    const weights = initialWeights(model, 20, 9, new Random(1))
    expect(Object.entries(weights).map(([name, { shape }]) => ({ name, shape }))).toEqual(weightSpecs(model, 20, 9))
    for (const { data } of Object.values(weights)) {
      const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
      expect(largest).toBeLessThanOrEqual(1 / 8)
      if (data.length > 100) expect(largest).toBeGreaterThan(0.12)
    }
    expect(initialWeights(model, 20, 9, new Random(1))).toEqual(weights)
    expect(initialWeights(model, 20, 9, new Random(2))).not.toEqual(weights)
  })
})
