import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Block } from '@main/engine/backends/wasm/handles'
import { Pace } from '@main/engine/backends/wasm/pace'
import { segmentsOf, type Access } from '@main/engine/backends/wasm/schedule'
import { shares, type Split } from '@main/engine/backends/wasm/work'

const [a, b, c] = [new Block(4), new Block(4), new Block(4)]
const step = (pattern: string | null, reads: Block[], writes: Block[]): Access => ({ pattern, reads, writes })

describe('segments of a program', () => {
  it('steps of one pattern follow each other without a barrier, others wait for what they read', () => {
    expect(segmentsOf([step('rows', [a], [b]), step('rows', [b], [c]), step(null, [c], [a])])).toEqual([0, 0, 1])
  })

  it('what touches nothing of another’s shares its segment, however late it was recorded', () => {
    expect(segmentsOf([step(null, [], [a]), step(null, [a], [b]), step(null, [], [c])])).toEqual([0, 1, 0])
  })

  it('a step that writes waits for those that read, unless all are of one pattern', () => {
    expect(segmentsOf([step('rows', [a], []), step('other', [], [a])])).toEqual([0, 1])
    expect(segmentsOf([step('rows', [a], []), step('rows', [], [a])])).toEqual([0, 0])
  })

  it('no two steps of different patterns touch in one segment what either writes, and the order of those that touch is kept', () => {
    const blocks = [a, b, c, new Block(4)]
    const some = fc.subarray(blocks)
    const one = fc.record({ pattern: fc.constantFrom('rows', 'first', null), reads: some, writes: some })
    fc.assert(fc.property(fc.array(one, { maxLength: 12 }), (steps) => {
      const segments = segmentsOf(steps)
      for (const [late, after] of steps.entries()) {
        for (const [early, before] of steps.slice(0, late).entries()) {
          const meets = before.writes.some((block) => after.reads.includes(block) || after.writes.includes(block)) || before.reads.some((block) => after.writes.includes(block))
          if (!meets) continue
          const same = before.pattern !== null && before.pattern === after.pattern
          expect(segments[late]! - segments[early]!).toBeGreaterThanOrEqual(same ? 0 : 1)
        }
      }
    }))
  })
})

describe('shares', () => {
  it('cover everything once, in order, in whole units', () => {
    const split = fc.oneof(fc.record({ batch: fc.integer({ min: 1, max: 70 }) }), fc.record({ count: fc.integer({ min: 1, max: 500 }), unit: fc.integer({ min: 1, max: 20 }) }))
    fc.assert(fc.property(split, fc.integer({ min: 1, max: 8 }), (given: Split, threads) => {
      const parts = shares(given, threads)
      const count = 'batch' in given ? given.batch : given.count
      expect(parts.map(({ thread }) => thread)).toEqual(Array.from({ length: threads }, (_, thread) => thread))
      expect([parts[0]!.from, parts.at(-1)!.to]).toEqual([0, count])
      for (const [at, part] of parts.entries()) {
        expect(part.to).toBeGreaterThanOrEqual(part.from)
        if (at > 0) expect(part.from).toBe(parts[at - 1]!.to)
        if ('unit' in given && part.to < count) expect(part.to % given.unit!).toBe(0)
      }
    }))
  })

  it('are the first thread’s alone where nothing is said', () => {
    expect(shares(undefined, 3).map(({ from, to }) => to - from)).toEqual([1, 0, 0])
  })
})

describe('the pace of small programs', () => {
  const after = (sharedMs: number, aloneMs: number, runs: number, cost = 1000) => {
    const pace = new Pace(cost)
    for (let run = 0; run < runs; run++) pace.took(pace.shared ? sharedMs : aloneMs)
    return pace
  }

  it('is that of the faster way once both were tried', () => {
    expect(after(1, 2, 100).shared).toBe(true)
    expect(after(2, 1, 100).shared).toBe(false)
    expect(after(0.95, 1, 100).shared).toBe(false)
  })

  it('waits until threads that woke on one core are parted', () => {
    const pace = new Pace(1000)
    for (let run = 0; run < 100; run++) pace.took(pace.shared ? (run < 10 ? 2 : 0.5) : 1)
    expect(pace.shared).toBe(true)
  })

  it('is found anew when the machine has more cores to give', () => {
    const pace = after(2, 1, 100)
    for (let run = 0; run < 1100; run++) pace.took(pace.shared ? 0.5 : 1)
    expect(pace.shared).toBe(true)
  })

  it('is always shared where a program is large', () => {
    const pace = after(2, 1, 100, 2 ** 30)
    expect(pace.shared).toBe(true)
  })
})
