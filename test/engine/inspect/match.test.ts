import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findMatches, unitsOn, type Match } from '@main/engine/inspect/match'
import { StateStore, type SignedUnit } from '@main/engine/inspect/state-store'
import { createWork } from '@main/engine/inspect/work'

const work = createWork()

/** The same, by looking at every step. */
function slowly(store: StateStore, threshold: number, units: SignedUnit[]): Match[] {
  const code = store.codeOf(threshold)
  const on = ({ unit, sign }: SignedUnit, step: number) => sign * store.codes[unit * store.steps + step]! >= code
  const subset = (step: number) => units.map((each) => (on(each, step) ? '1' : '0')).join('')
  const begins = new Set(store.starts)
  const signs = units.some(({ sign }) => sign < 0) ? [1, -1] as const : [1] as const
  const found: Match[] = []
  for (let from = 0, to = 1; from < store.steps; from = to++) {
    while (to < store.steps && !begins.has(to) && subset(to) === subset(from)) to++
    const steps = Array.from({ length: to - from }, (_, at) => from + at)
    const all = signs.flatMap((sign) => Array.from({ length: store.units }, (_, unit): SignedUnit => ({ unit, sign }))).filter((each) => steps.every((step) => on(each, step)))
    const shared = units.filter((each) => on(each, from)).length
    found.push({ from, to, shared, union: units.length + all.length - shared })
  }
  return found
}

const stores = fc.record({ steps: fc.integer({ min: 1, max: 200 }), units: fc.integer({ min: 1, max: 6 }), seed: fc.infiniteStream(fc.integer({ min: -4, max: 4 })), cuts: fc.uniqueArray(fc.integer({ min: 1, max: 199 }), { maxLength: 3 }) })

describe('select and match', () => {
  test('finds the places that looking at every step finds, in order', async () => {
    await fc.assert(fc.asyncProperty(stores, fc.constantFrom(0.1, 0.3), fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.constantFrom(1 as const, -1 as const)), { minLength: 1, maxLength: 5, selector: ([unit, sign]) => `${unit} ${sign}` }), fc.integer({ min: 1, max: 3 }), async ({ steps, units, seed, cuts }, threshold, picked, least) => {
      const codes = Int8Array.from({ length: steps * units }, () => seed.next().value as number * 10)
      const store = new StateStore(steps, units, Int32Array.from([0, ...cuts.filter((cut) => cut < steps).sort((a, b) => a - b)]), codes, true)
      const pattern = picked.filter(([unit]) => unit < units).map(([unit, sign]): SignedUnit => ({ unit, sign }))
      fc.pre(pattern.length > 0)
      const { matches, least: level, places } = await findMatches(store, { threshold, units: pattern }, work, { limit: 1e6, least })
      const expected = slowly(store, threshold, pattern).filter(({ from, to, shared }) => to - from >= least && shared >= level)
      expect(level).toBeLessThanOrEqual(Math.max(1, Math.ceil(pattern.length / 2)))
      expect(places).toBe(expected.length)
      expect(matches).toEqual(expected.sort((a, b) => b.shared - a.shared || a.union - b.union || b.to - b.from - (a.to - a.from) || a.from - b.from))
      const longest = (await findMatches(store, { threshold, units: pattern }, work, { rank: 'length', limit: 1e6, least })).matches
      for (let at = 1; at < longest.length; at++) expect(longest[at]!.to - longest[at]!.from).toBeLessThanOrEqual(longest[at - 1]!.to - longest[at - 1]!.from)
    }), { numRuns: 300 })
  })

  test('tells how far it is, and is given up between two units', async () => {
    const store = new StateStore(64, 8, Int32Array.of(0), Int8Array.from({ length: 512 }, (_, at) => (at % 7) * 15), true)
    const pattern = { threshold: 0.3, units: Array.from({ length: 8 }, (_, unit): SignedUnit => ({ unit, sign: 1 })) }
    const told: number[] = []
    const telling = { cancelled: () => false, step: async (done: number, total: number) => { told.push(done / total) } }
    const found = await findMatches(store, pattern, telling)
    expect(found.places).toBeGreaterThan(0)
    expect(told.length).toBeGreaterThan(8)
    expect(told).toEqual(told.toSorted((a, b) => a - b))
    let steps = 0
    const second = { threshold: 0.45, units: pattern.units }
    await expect(findMatches(store, second, createWork(() => ++steps > 3))).rejects.toMatchObject({ code: 'inspect.cancelled' })
    // What was begun leaves nothing behind: asked again, it is the whole answer.
    expect((await findMatches(store, second, work)).matches).toEqual(slowly(store, 0.45, second.units).filter(({ shared }) => shared >= 4).sort((a, b) => b.shared - a.shared || a.union - b.union || b.to - b.from - (a.to - a.from) || a.from - b.from))
  })

  test('units on throughout a stretch; of these only those off just before and after, when asked for', () => {
    //        always, in 1..2, from 1 on, negative in 1..2
    const values = Float32Array.from([[0.9, 0, 0.1, 0.9], [0.9, 0.3, 0.5, -0.4], [0.9, 0.8, 0.5, -0.9], [0.9, 0.29, 0.5, 0]].flat())
    const select = (options: Parameters<typeof unitsOn>[5]) => unitsOn(values, 4, 1, 3, 0.3, options)
    expect(select({}).map(({ unit }) => unit)).toEqual([0, 1, 2])
    expect(select({ before: true }).map(({ unit }) => unit)).toEqual([1, 2])
    expect(select({ before: true, after: true }).map(({ unit }) => unit)).toEqual([1])
    expect(select({ signs: 'both', after: true })).toEqual([{ unit: 1, sign: 1 }, { unit: 3, sign: -1 }])
  })

  test('at every threshold of two decimals a stored unit is on exactly where its number is', () => {
    const values = Float32Array.from({ length: 201 }, (_, at) => (at - 100) / 100)
    const codes = Int8Array.from(values, (value) => Math.trunc(value * 100 + (value < 0 ? -1e-4 : 1e-4)))
    const store = new StateStore(201, 1, Int32Array.of(0), codes, true)
    for (let hundredth = 1; hundredth <= 100; hundredth++) {
      for (const sign of [1, -1] as const) {
        const row = store.on({ unit: 0, sign }, hundredth / 100)
        for (let at = 0; at < 201; at++) expect(row[at >> 5]! >>> (at & 31) & 1).toBe(sign * (at - 100) >= hundredth ? 1 : 0)
      }
    }
  })
})
