import fc from 'fast-check'
import { expect, it } from 'vitest'
import { FreeList } from '@main/engine/backends/wasm/free-list'

it('stretches in use never overlap, lie on cache lines, and all come back', () => {
  fc.assert(fc.property(fc.array(fc.record({ bytes: fc.integer({ min: 0, max: 1000 }), give: fc.integer({ min: 0, max: 9 }) }), { maxLength: 80 }), (moves) => {
    const list = new FreeList(128)
    const taken: { start: number; end: number }[] = []
    for (const { bytes, give } of moves) {
      if (give < 5 && taken.length > give) {
        list.give(taken.splice(give, 1)[0]!.start)
        continue
      }
      const start = list.take(bytes)
      expect(start % 64).toBe(0)
      expect(start).toBeGreaterThanOrEqual(128)
      expect(taken.every((other) => start + Math.max(bytes, 1) <= other.start || start >= other.end)).toBe(true)
      taken.push({ start, end: start + Math.max(bytes, 1) })
      expect(list.end).toBeGreaterThanOrEqual(start + bytes)
    }
    for (const { start } of taken) list.give(start)
    expect(list.used).toBe(0)
    // All joined again: the whole length fits without growing.
    const { end } = list
    if (end > 128) expect([list.take(end - 128), list.end]).toEqual([128, end])
  }))
})

it('what could not grow stays as it was', () => {
  const list = new FreeList(0, (end) => { if (end > 256) throw new RangeError('full') })
  const first = list.take(128)
  expect(() => list.take(192)).toThrow('full')
  expect([list.used, list.end]).toEqual([128, 128])
  list.give(first)
  expect(list.take(256)).toBe(0)
})

it('what was not taken can’t be given back', () => {
  const list = new FreeList(0)
  const start = list.take(10)
  list.give(start)
  expect(() => { list.give(start) }).toThrow(RangeError)
})
