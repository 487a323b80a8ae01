import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KneserNey } from '@main/engine/baselines/kneser-ney'
import { ngramBaseline } from '@main/engine/baselines/ngram-baseline'
import { absent, NgramTree } from '@main/engine/baselines/ngram-tree'
import { Random } from '@main/engine/random'

const treeOf = (symbols: Iterable<number>, order: number) => {
  const tree = new NgramTree(order)
  for (const symbol of symbols) tree.add(symbol)
  return tree
}
const nodeOf = (tree: NgramTree, ngram: readonly number[]) => ngram.reduce((node, symbol) => (node === absent ? absent : tree.find(node, symbol)), 0)

describe('the tree', () => {
  it('counts every n-gram and its different left neighbours, as counting by hand does', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 60 }), (symbols) => {
      const tree = treeOf(symbols, 3)
      const counts = new Map<string, number>()
      const lefts = new Map<string, Set<number>>()
      for (let length = 1; length <= 3; length++) {
        for (let end = length; end <= symbols.length; end++) {
          const key = symbols.slice(end - length, end).join()
          counts.set(key, (counts.get(key) ?? 0) + 1)
          if (end > length && length < 3) lefts.set(key, (lefts.get(key) ?? new Set()).add(symbols[end - length - 1]!))
        }
      }
      expect(tree.nodes).toBe(counts.size + 1)
      for (const [key, count] of counts) {
        const node = nodeOf(tree, key.split(',').map(Number))
        expect(tree.count[node]).toBe(count)
        expect(tree.continuations[node]).toBe(lefts.get(key)?.size ?? 0)
      }
    }))
  })

  it('of a whole stream is that of its symbols added one by one, and goes on from there', () => {
    const describe = (tree: NgramTree) => {
      const name = (node: number): string => (node === 0 ? '' : `${name(tree.parent[node]!)} ${tree.symbol[node]}`)
      return Array.from({ length: tree.nodes }, (_, node) => `${name(node)}: ${tree.count[node]} ${tree.continuations[node]} ${tree.length[node]}`).sort()
    }
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 60 }), fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 9 }), fc.integer({ min: 1, max: 5 }), (symbols, more, order) => {
      const whole = NgramTree.of(Int32Array.from(symbols), order, 4)
      for (const symbol of more) whole.add(symbol)
      expect(describe(whole)).toEqual(describe(treeOf([...symbols, ...more], order)))
      // Too many symbols for one number each.
      expect(describe(NgramTree.of(Int32Array.from(symbols), 5, 1e6))).toEqual(describe(treeOf(symbols, 5)))
    }))
  })

  it('finds n-grams still after it has grown many times', () => {
    const random = new Random(1)
    const symbols = Array.from({ length: 30_000 }, () => random.below(200))
    const tree = treeOf(symbols, 2)
    for (let at = 1; at < symbols.length; at += 97) expect(nodeOf(tree, symbols.slice(at - 1, at + 1))).toBeGreaterThan(0)
    expect(nodeOf(tree, [5, 200])).toBe(absent)
  })
})

describe('Kneser–Ney', () => {
  it('by hand: bigrams of "a b a c", with the usual discounts where rare counts are too few', () => {
    const model = new KneserNey(treeOf([0, 1, 0, 2], 2), 3)
    const contexts = model.start()
    model.advance(contexts, 0)
    const logs = new Float64Array(2)
    model.logProbabilities(contexts, 1, logs)
    // Unigram, raw: a 2, b 1, c 1; taken off 0.75, 0.5, 0.5; the rest uniform.
    expect(Math.exp(logs[0]!)).toBeCloseTo((0.5 + 1.75 / 3) / 4, 12)
    // Left neighbours: b {a}, a {b}, c {a}: 1 each; taken off 0.5 each.
    const lower = (0.5 + 1.5 / 3) / 3
    // After a: b 1, c 1; taken off 0.5 each.
    expect(Math.exp(logs[1]!)).toBeCloseTo((0.5 + 1 * lower) / 2, 12)
  })

  it('its probabilities add up to 1 for every order, also after what was never seen, and both ways of asking agree', () => {
    const random = new Random(3)
    const symbols = Int32Array.from({ length: 4000 }, () => Math.min(random.below(8), random.below(8)))
    const model = new KneserNey(treeOf(symbols, 5), 9)
    const contexts = model.start()
    const [p, logs] = [new Float64Array(9), new Float64Array(5)]
    for (const symbol of [1, 0, 8, 2, 2, 7, 7, 7, 0, 1, 2, 3]) {
      for (let order = 1; order <= 5; order++) {
        model.distribution(contexts, order, p)
        expect(p.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 12)
        for (let id = 0; id < 9; id++) {
          expect(p[id]).toBeGreaterThan(0)
          model.logProbabilities(contexts, id, logs)
          expect(Math.exp(logs[order - 1]!)).toBeCloseTo(p[id]!, 12)
        }
      }
      model.advance(contexts, symbol)
    }
  })
})

describe('the n-gram baseline', () => {
  it('finds the order a text has: a cycle of 1 1 2 needs two symbols', () => {
    const cycle = Int32Array.from({ length: 900 }, (_, at) => [1, 1, 2][at % 3]!)
    const found = ngramBaseline(3, cycle.subarray(0, 600), cycle.subarray(600))!
    expect(found.name).not.toMatch(/^[12]-gram$/)
    expect(found.loss).toBeLessThan(0.05)
    // The first two predictions stand on one symbol alone.
    expect(found.accuracy).toBeGreaterThan(0.99)
  })

  it('makes nothing of noise: uniform draws cost ln V', () => {
    const random = new Random(5)
    const draws = Int32Array.from({ length: 20_000 }, () => random.below(4))
    const found = ngramBaseline(4, draws.subarray(0, 16_000), draws.subarray(16_000))!
    expect(Math.abs(found.loss - Math.log(4))).toBeLessThan(0.01)
  })

  it('is the same each time, and absent where there is nothing to predict', () => {
    const random = new Random(7)
    const draws = Int32Array.from({ length: 3000 }, () => random.below(5))
    expect(ngramBaseline(5, draws.subarray(0, 2000), draws.subarray(2000))).toEqual(ngramBaseline(5, draws.subarray(0, 2000), draws.subarray(2000)))
    expect(ngramBaseline(5, draws, draws.subarray(0, 1))).toBeNull()
  })
})
