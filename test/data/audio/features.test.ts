import { readFileSync } from 'node:fs'
import { describe, expect, it, test } from 'vitest'
import { FeatureExtractor, fromMel, melFilters, toMel, type FeatureSettings } from '@main/data/audio/features'
import { framesIn } from '@main/data/audio/spectrum'

interface Case { settings: Omit<FeatureSettings, 'features'>; samples: number[]; 'log-mel': number[][]; mfcc: number[][] }
// Made by make_features.py with numpy and scipy; every seventh frame.
const cases = JSON.parse(readFileSync(new URL('features.json', import.meta.url), 'utf8')) as Case[]

describe('features agree with numpy’s', () => {
  test.each(cases.flatMap((each) => (['log-mel', 'mfcc'] as const).map((features) => [features, each.settings.rate, each] as const)))('%s at %i Hz', (features, _rate, { settings, samples, ...expected }) => {
    const { frames, width, values } = new FeatureExtractor({ ...settings, features }).of(Float32Array.from(samples))
    expect(Math.ceil(frames / 7)).toBe(expected[features].length)
    expect(width).toBe(expected[features][0]!.length)
    expected[features].forEach((row, index) => row.forEach((value, at) => expect(Math.abs(values[index * 7 * width + at]! - value)).toBeLessThan(2e-4)))
  })
})

it('a recording shorter than a frame is one frame, silence is finite', () => {
  const extractor = new FeatureExtractor({ ...cases[0]!.settings, features: 'log-mel' })
  const { frames, values } = extractor.of(new Float32Array(10))
  expect(frames).toBe(1)
  for (const value of values) expect(value).toBeCloseTo(Math.log(1e-10), 5)
  expect([framesIn(200, 200, 80), framesIn(279, 200, 80), framesIn(280, 200, 80)]).toEqual([1, 1, 2])
})

it('mel and hertz are each other’s inverse; 1,000 Hz is 1,000 mel', () => {
  expect(toMel(1000)).toBeCloseTo(1000, 1)
  for (const hertz of [0, 50, 440, 8000]) expect(fromMel(toMel(hertz))).toBeCloseTo(hertz, 6)
})

it('every band hears something, and neighbours share what lies between their middles', () => {
  const settings = { ...cases[0]!.settings, features: 'log-mel' as const, lowest: 100, bands: 20 }
  const filters = melFilters(settings)
  for (const { weights } of filters) expect(Math.max(...weights)).toBeGreaterThan(0)
  const sum = new Float64Array(129)
  for (const { first, weights } of filters) weights.forEach((weight, at) => { sum[first + at]! += weight })
  // From the first band's middle to the last one's, the triangles add up to 1.
  const [low, high] = [fromMel(toMel(100) + (toMel(4000) - toMel(100)) / 21), fromMel(toMel(100) + 20 * (toMel(4000) - toMel(100)) / 21)]
  sum.forEach((total, bin) => { if (bin * 31.25 > low && bin * 31.25 < high) expect(total).toBeCloseTo(1, 6) })
})
