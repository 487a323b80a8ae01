import { describe, expect, test } from 'vitest'
import { createWasmBackend } from '@main/engine/backends/wasm/wasm-backend'
import { correlate, correlateValues, correlationMatrix } from '@main/engine/inspect/correlation'
import { featureOf, fewClasses, type FeatureSpec } from '@main/engine/inspect/features'
import { gatherStates } from '@main/engine/inspect/gathered-states'
import { findMatches, unitsOn } from '@main/engine/inspect/match'
import { probe } from '@main/engine/inspect/probe'
import { buildStore } from '@main/engine/inspect/state-store'
import { TraceSession } from '@main/engine/inspect/trace-session'
import { createWork } from '@main/engine/inspect/work'
import { Random } from '@main/engine/random'
import { planted, plantedCorpus, plantedNetwork, plantedText, symbols } from './planted'

const work = createWork()
const network = plantedNetwork()
// As sequences, so that no lane is entered with a count that began elsewhere.
const texts = Array.from({ length: 24 }, (_, index) => plantedText(500, index + 1))
const corpus = plantedCorpus(...texts)

const depth: FeatureSpec = { kind: 'depth', open: '(', close: ')' }
const since: FeatureSpec = { kind: 'since', symbol: '\n' }
const between: FeatureSpec = { kind: 'inside', open: '<', close: '>' }
const truths = [[depth, 'counter'], [since, 'clock'], [between, 'latch']] as const

describe('features are what they say', () => {
  test('classes, depth, between, position and since', () => {
    const small = plantedCorpus('(a(e)A', '\n1)>)b')
    const of = (spec: FeatureSpec) => [...featureOf(small, symbols, spec).values]
    expect(of({ kind: 'class', of: 'vowel' })).toEqual([0, 1, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0])
    expect(of({ kind: 'class', of: 'consonant' })).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
    expect(of({ kind: 'class', of: 'upper' })).toEqual([0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0])
    expect(of({ kind: 'class', of: 'digit' })).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0])
    expect(of({ kind: 'class', of: 'punctuation' })).toEqual([1, 0, 1, 0, 1, 0, 0, 0, 1, 1, 1, 0])
    // The second sequence begins at its seventh step, and what was open before it is closed.
    expect(of(depth)).toEqual([1, 1, 2, 2, 1, 1, 0, 0, 0, 0, 0, 0])
    expect(of({ kind: 'position' })).toEqual([0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5])
    expect(of(since)).toEqual([0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5])
    expect(of({ kind: 'inside', open: '(', close: '(' })).toEqual([1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    expect(of({ kind: 'numbers', name: 'own', values: Float32Array.of(1, 2) }).slice(1, 4)).toEqual([2, NaN, NaN])
  })
})

test('classes that don\'t occur are left out, and the rarest are put together', () => {
  const names = Array.from({ length: 10 }, (_, id) => `c${id}`)
  const feature = featureOf(plantedCorpus('aaaaaaaaaa'), symbols, { kind: 'classes', name: 'own', ids: Int32Array.of(1, 1, 1, 3, 3, 5, 7, 9, -1, -1), names })
  const few = fewClasses(feature, 3)
  expect(few.classes).toEqual(['c1', 'c3', 'other (3)'])
  expect([...few.values]).toEqual([0, 0, 0, 1, 1, 2, 2, 2, NaN, NaN])
  expect(fewClasses(feature).classes).toEqual(['c1', 'c3', 'c5', 'c7', 'c9'])
})

describe('planted truth is found', () => {
  test.each(truths)('correlations of %o point to the %s alone', async (spec, which) => {
    const { r, units, names, of, halves, chance } = await correlate(await createWasmBackend(), network, corpus, 'c_l0', [featureOf(corpus, symbols, spec)], work)
    expect(names).toHaveLength(1)
    expect(of).toEqual([0])
    // Each half says the same, and chance doesn't get near.
    for (const half of [0, 1]) expect(halves[half * units + planted[which]]).toBeCloseTo(r[planted[which]]!, 1)
    expect(chance[0]).toBeLessThan(0.3)
    expect(Math.abs(r[planted[which]]!)).toBeGreaterThan(which === 'latch' ? 0.95 : 0.999)
    for (let unit = 0; unit < units; unit++) if (unit !== planted[which]) expect(Math.abs(r[unit]!)).toBeLessThan(0.6)
  })

  test.each(truths)('the probe for %o reads the %s', async (spec, which) => {
    const gathered = await gatherStates(await createWasmBackend(), network, corpus, 'c_l0', 4000, work)
    expect(gathered.steps).toHaveLength(4000)
    const { numeric, classes, weights, signed, outputs, confusion, points } = await probe(gathered, featureOf(corpus, symbols, spec), work)
    expect(outputs).toHaveLength(1)
    expect(signed[planted[which]]).toBeGreaterThan(0)
    if (points) points.truth.forEach((truth, at) => { expect(Math.abs(points.said[at]! - truth)).toBeLessThan(1 + 0.1 * truth) })
    else expect(confusion![0]! + confusion![3]!).toBeGreaterThan(100 * (confusion![1]! + confusion![2]!))
    if (numeric) {
      expect(numeric.r2).toBeGreaterThan(0.999)
      expect(numeric.error).toBeLessThan(numeric.baselineError / 20)
    } else {
      expect(classes!.accuracy).toBeGreaterThan(0.995)
      expect(classes!.accuracy).toBeGreaterThan(classes!.baselineAccuracy + 0.2)
      expect(classes!.nats).toBeLessThan(0.1)
    }
    const order = [...weights.keys()].sort((a, b) => weights[b]! - weights[a]!)
    expect(order[0]).toBe(planted[which])
    expect(weights[order[0]!]!).toBeGreaterThan(3 * weights[order[1]!]!)
  })

  test('a feature that no state holds is no better read than guessed', async () => {
    const gathered = await gatherStates(await createWasmBackend(), network, corpus, 'c_l0', 3000, work)
    const random = new Random(9)
    const noise = (kind: 'numbers' | 'classes') => (kind === 'numbers'
      ? featureOf(corpus, symbols, { kind, name: 'noise', values: Float32Array.from({ length: corpus.steps }, () => random.normal()) })
      : featureOf(corpus, symbols, { kind, name: 'noise', ids: Int32Array.from({ length: corpus.steps }, () => random.below(3)), names: ['a', 'b', 'c'] }))
    expect((await probe(gathered, noise('numbers'), work)).numeric!.r2).toBeLessThan(0.02)
    // Correlations of noise stay near what moving it along the steps gives; over numbers at hand they are those over the corpus.
    const { r, chance } = await correlateValues(gathered.states, gathered.width, [featureOf({ ...corpus, steps: 3000 }, null, { kind: 'numbers', name: 'noise', values: Float32Array.from({ length: 3000 }, () => random.normal()) })], work)
    expect(Math.max(...r.map(Math.abs))).toBeLessThan(1.5 * chance[0]!)
    expect(chance[0]).toBeLessThan(0.12)
    const { classes } = await probe(gathered, noise('classes'), work)
    expect(Math.abs(classes!.accuracy - 1 / 3)).toBeLessThan(0.07)
    expect(classes!.nats).toBeGreaterThan(1.05)
  })

  test('select and match: a stretch between < and > selects the latch, and finds the other ones', async () => {
    const session = await TraceSession.open(await createWasmBackend(), network, { kind: 'tokens', x: corpus.x.slice(0, 500) }, work)
    const values = await session.read('h_l0', 0, 500, work)
    const inside = featureOf(plantedCorpus(texts[0]!), symbols, between).values
    // The first whole stretch of at least eight steps.
    let from = inside.indexOf(1)
    let to = from
    for (;;) {
      for (to = from; inside[to] === 1; to++);
      if (to - from >= 8) break
      from = inside.indexOf(1, to)
    }
    const selected = unitsOn(values, 16, from, to, 0.3, { before: true, after: true })
    expect(selected.map(({ unit }) => unit)).toEqual([planted.latch])
    const store = await buildStore(await createWasmBackend(), network, corpus, 'h_l0', work)
    const { matches } = await findMatches(store, { threshold: 0.3, units: selected }, work, { limit: 1e6, rank: 'length' })
    const all = featureOf(corpus, symbols, between).values
    const on = new Uint8Array(corpus.steps)
    for (const match of matches) on.fill(1, match.from, match.to)
    for (let step = 0; step < corpus.steps; step++) expect(on[step]).toBe(all[step])
  })
})

function pearson(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [of, ofOther] = [mean(a), mean(b)]
  const sum = (left: readonly number[], right: readonly number[], from: number, fromOther: number) => left.reduce((total, value, at) => total + (value - from) * (right[at]! - fromOther), 0)
  return sum(a, b, of, ofOther) / Math.sqrt(sum(a, a, of, of) * sum(b, b, ofOther, ofOther))
}

test('the correlation matrix of two traces is Pearson\'s', async () => {
  const first = Float32Array.of(1, 5, 2, 5, 3, 5, 4, 5)
  const second = Float32Array.of(-1, -2, -3, -4.5)
  const r = await correlationMatrix(first, 2, second, 1, work)
  expect(r[0]).toBeCloseTo(-0.99438, 4)
  expect(r[1]).toBe(0)
  const own = await correlationMatrix(first, 2, first, 2, work)
  expect([own[0], own[1], own[2]].map((value) => Math.round(value! * 1e5) / 1e5)).toEqual([1, 0, 0])
  // Wider ones go four columns at a time.
  const random = new Random(5)
  const [a, b] = [Float32Array.from({ length: 30 * 6 }, () => random.normal()), Float32Array.from({ length: 30 * 7 }, () => random.normal())]
  const whole = await correlationMatrix(a, 6, b, 7, work)
  const column = (values: Float32Array, width: number, at: number) => Array.from({ length: 30 }, (_, step) => values[step * width + at]!)
  for (let unit = 0; unit < 6; unit++) {
    for (let other = 0; other < 7; other++) expect(whole[unit * 7 + other]).toBeCloseTo(pearson(column(a, 6, unit), column(b, 7, other)), 5)
  }
  const self = await correlationMatrix(a, 6, a, 6, work)
  for (let at = 0; at < 36; at++) expect(self[at]).toBeCloseTo(pearson(column(a, 6, Math.floor(at / 6)), column(a, 6, at % 6)), 5)
})
