import { expect, it } from 'vitest'
import { differenceOf, differences, lagsIn, lagsInWords, seasonIn } from '../../../src-renderer/features/datasets/series-transform'

it('ways of differencing and their rows back belong together', () => {
  for (const { value, lags } of differences) expect(differenceOf(lags(12))).toBe(value)
  expect(differenceOf([1, 1])).toBeUndefined()
  expect([seasonIn([1, 7]), seasonIn([1])]).toEqual([7, null])
})

it('lags are read as people write them', () => {
  expect(lagsIn(' 1, 2;12 12 ')).toEqual([1, 2, 12])
  expect(lagsIn('')).toEqual([])
  for (const wrong of ['0', '-1', '1.5', 'a', '1e3', '100001']) expect(lagsIn(wrong)).toBeNull()
  expect(lagsInWords([1, 12])).toBe('1, 12')
})
