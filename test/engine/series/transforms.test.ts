import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inputRow, leadOf, loggedFrom, scaledAt, targetLeadOf, valueFrom, type SeriesRecipe } from '@main/engine/series/recipe'
import { baseOf, differenced, differenceTerms, expOf, hasLog, logOf, reachOf, targetLags, type LogKind } from '@main/engine/series/transforms'

const kinds = fc.constantFrom<LogKind>('none', 'log', 'log1p')
const lags = fc.array(fc.integer({ min: 1, max: 13 }), { maxLength: 3 })

describe('transforms of a series', () => {
  it('differences are the products of their steps back', () => {
    expect(differenceTerms([])).toEqual([{ back: 0, sign: 1 }])
    expect(differenceTerms([1])).toEqual([{ back: 0, sign: 1 }, { back: 1, sign: -1 }])
    expect(differenceTerms([1, 12])).toEqual([{ back: 0, sign: 1 }, { back: 1, sign: -1 }, { back: 12, sign: -1 }, { back: 13, sign: 1 }])
    expect(differenced(Float64Array.of(1, 4, 9, 16), 3, differenceTerms([1, 1]))).toBe(2)
  })

  it('against a multiple of a lag that is known when the forecast is made', () => {
    expect(targetLags([1, 12], 1)).toEqual([1, 12])
    expect(targetLags([1, 12], 5)).toEqual([5, 12])
    expect(targetLags([12], 25)).toEqual([36])
    fc.assert(fc.property(lags, fc.integer({ min: 1, max: 40 }), (list, horizon) => {
      const back = differenceTerms(targetLags(list, horizon)).slice(1).map((term) => term.back)
      expect(back.every((rows) => rows >= horizon)).toBe(true)
    }))
  })

  it('undone they give the value back, to rounding', () => {
    fc.assert(fc.property(kinds, lags, fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { minLength: 60, maxLength: 60 }), fc.integer({ min: 39, max: 59 }), (log, list, values, row) => {
      const logged = Float64Array.from(values, (value) => logOf(log, value))
      const terms = differenceTerms(list)
      const back = expOf(log, differenced(logged, row, terms) + baseOf(logged, row, terms))
      const largest = Math.max(...terms.map((term) => Math.abs(logged[row - term.back]!)))
      // What rounding the sum of terms can do to the value: relative under a logarithm, absolute without.
      const allowed = (log === 'none' ? 1 : Math.abs(values[row]!) + 1) * 32 * Number.EPSILON * Math.max(1, largest)
      expect(Math.abs(back - values[row]!)).toBeLessThanOrEqual(allowed)
    }))
  })

  it('a logarithm is taken of what has one', () => {
    expect([hasLog('log', 0), hasLog('log', 1e-300), hasLog('log1p', -1), hasLog('log1p', 0), hasLog('none', -5)]).toEqual([false, true, false, true, true])
    expect(expOf('log1p', logOf('log1p', 1e-12))).toBeCloseTo(1e-12, 25)
  })
})

describe('a recipe', () => {
  const recipe = (difference: number[], horizon: number, lagged: number[]): SeriesRecipe => ({
    horizon, lags: lagged,
    inputs: [{ log: 'log', lags: difference, offset: 0.1, scale: 2 }, { log: 'none', lags: [], offset: 3, scale: 0.5 }],
    targets: [{ log: 'log', lags: targetLags(difference, horizon), offset: -0.2, scale: 3, column: 0 }],
  })
  const values = Array.from({ length: 50 }, (_, row) => 10 + row + 5 * Math.sin(row))
  const logged = [Float64Array.from(values, Math.log), Float64Array.from({ length: 50 }, (_, row) => row % 7)]

  it('says which rows are only looked back on', () => {
    expect([leadOf(recipe([1, 12], 1, [])), leadOf(recipe([1], 1, [2, 6])), targetLeadOf(recipe([1, 12], 5, []))]).toEqual([13, 7, 17])
  })

  it('makes a row of inputs: the columns, then each lag\'s', () => {
    const row = new Float32Array(6)
    inputRow(recipe([1], 1, [2, 5]), logged, 20, row, 0)
    const own = (at: number) => [(Math.log(values[at]! / values[at - 1]!) - 0.1) / 2, (at % 7 - 3) / 0.5]
    expect([...row]).toEqual([...own(20), ...own(18), ...own(15)].map(Math.fround))
  })

  it('an output is what makes its value, whatever the horizon', () => {
    for (const horizon of [1, 3, 14]) {
      const { targets: [target] } = recipe([1, 12], horizon, [])
      for (const row of [40, 49]) {
        expect(valueFrom(target!, logged[0]!, row, scaledAt(target!, logged[0]!, row))).toBeCloseTo(values[row]!, 9)
        expect(loggedFrom(target!, logged[0]!, row, 0)).toBeCloseTo(-0.2 + baseOf(logged[0]!, row, differenceTerms(target!.lags)), 12)
      }
      expect(reachOf(target!.lags)).toBeGreaterThanOrEqual(horizon)
    }
  })
})
