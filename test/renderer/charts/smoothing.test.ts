import { describe, expect, it } from 'vitest'
import { Smoothing } from '@renderer/charts/smoothing'
import { ValueColumn } from '@renderer/charts/value-column'

const rowsOf = (column: ValueColumn) => Array.from({ length: column.length }, (_, row) => row)

/** Straight from the definition: the weighted mean of all finite values up to a row. */
function meanOf(values: readonly number[], row: number, weight: number): number {
  const known = values.slice(0, row + 1).filter(Number.isFinite)
  const weights = known.map((_, index) => weight ** (known.length - 1 - index))
  return weights.reduce((sum, each, index) => sum + each * known[index]!, 0) / weights.reduce((sum, each) => sum + each, 0)
}

describe('smoothing', () => {
  it('leaves a constant exactly constant from its first value on', () => {
    const column = ValueColumn.of(new Array<number>(5000).fill(0.1))
    expect(new Set(new Smoothing(column, 0.97).of(rowsOf(column)))).toEqual(new Set([0.1]))
    expect(new Smoothing(column, 0.97).of([4711])).toEqual([0.1])
  })

  it('is the weighted mean of all values so far, the latest weighing most', () => {
    const values = [4, 1, 3, 2.5, 9]
    const smoothed = new Smoothing(ValueColumn.of(values), 0.7).of([0, 1, 2, 3, 4])
    values.forEach((_, row) => expect(smoothed[row]).toBeCloseTo(meanOf(values, row, 0.7), 12))
  })

  it.each([0.5, 0.9, 0.99])('is the same at weight %f whichever rows are asked for, in whatever order of asking', (weight) => {
    const values = Array.from({ length: 9000 }, (_, row) => row % 7 === 3 ? Number.NaN : row % 1001 === 0 ? Infinity : Math.sin(row / 40) * 3 + (row * 7919) % 13)
    const column = ValueColumn.of(values)
    const smoothing = new Smoothing(column, weight)
    for (const rows of [[8999], [10, 4000, 4001, 8999], rowsOf(column).filter((row) => row % 450 === 0), [0, 1, 2, 8998, 8999]]) {
      smoothing.of(rows).forEach((value, index) => {
        const mean = meanOf(values, rows[index]!, weight)
        if (Number.isNaN(mean)) expect(value).toBe(0)
        else expect(value).toBeCloseTo(mean, 10)
      })
    }
  })

  it('follows its source as it grows, and forgets what was taken away', () => {
    const source = ValueColumn.of([1, 2, 3])
    const smoothing = new Smoothing(source, 0.5)
    expect(smoothing.of([0, 2])[1]).toBeCloseTo((0.25 * 1 + 0.5 * 2 + 3) / 1.75, 12)
    source.push(4)
    expect(smoothing.of([0, 3])[1]).toBeCloseTo((0.125 * 1 + 0.25 * 2 + 0.5 * 3 + 4) / 1.875, 12)
    source.truncate(1)
    source.push(5)
    source.push(7)
    source.push(9)
    expect(smoothing.of([1, 3])).toEqual([expect.closeTo((0.5 * 1 + 5) / 1.5, 12), expect.closeTo((0.125 * 1 + 0.25 * 5 + 0.5 * 7 + 9) / 1.875, 12)])
  })

  it('is not poisoned by NaN', () => {
    const source = new ValueColumn()
    for (const value of [1, Number.NaN, 3]) source.push(value)
    expect(new Smoothing(source, 0.5).of([2])[0]).toBeCloseTo((0.5 * 1 + 3) / 1.5, 12)
  })
})
