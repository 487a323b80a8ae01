import { describe, expect, it } from 'vitest'
import { holds, longestOf, rangesOf } from '@renderer/stores/brush'

describe('brushed steps', () => {
  it('are the stretches they make up', () => {
    expect(rangesOf([3, 4, 5, 9, 11, 12])).toEqual([[3, 6], [9, 10], [11, 13]])
    expect(rangesOf([])).toEqual([])
  })

  it('hold their steps, the ends left out', () => {
    const ranges = rangesOf([3, 4, 9])
    expect([2, 3, 4, 5, 9, 10].map((step) => holds(ranges, step))).toEqual([false, true, true, false, true, false])
  })

  it('have a longest stretch, of equals the first', () => {
    expect(longestOf(rangesOf([1, 5, 6, 8, 9]))).toEqual([5, 7])
    expect(longestOf([])).toBeNull()
  })
})
