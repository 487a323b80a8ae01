import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { argmax, classificationScores, confusionMatrix, countAnswer } from '@main/engine/metrics/classification'
import { bitsOf, perplexity } from '@main/engine/metrics/information'
import { legality } from '@main/engine/metrics/legality'
import { ForecastErrors, seasonalNaiveError } from '@main/engine/metrics/regression'
import { editDistance, sameSequence, sequenceScores } from '@main/engine/metrics/sequences'
import { reberSymbols } from '@main/engine/tasks/reber-grammar'

describe('information', () => {
  it('a fair coin costs one bit, eight equal symbols three, and perplexity counts them', () => {
    expect(bitsOf(Math.log(2))).toBeCloseTo(1, 14)
    expect(bitsOf(Math.log(8))).toBeCloseTo(3, 14)
    expect(perplexity(Math.log(8))).toBeCloseTo(8, 12)
  })
})

describe('classification', () => {
  const counted = (classes: number, pairs: [number, number][]) => {
    const matrix = confusionMatrix(classes)
    for (const [actual, predicted] of pairs) countAnswer(matrix, actual, predicted)
    return matrix
  }

  it('by hand: class 0 four times (three right), 1 twice (one right), 2 once (taken for 0)', () => {
    const matrix = counted(3, [[0, 0], [0, 0], [0, 0], [0, 1], [1, 1], [1, 0], [2, 0]])
    expect([...matrix.counts]).toEqual([3, 1, 0, 1, 1, 0, 1, 0, 0])
    const { accuracy, balancedAccuracy, f1 } = classificationScores(matrix)
    expect(accuracy).toBeCloseTo(4 / 7, 14)
    expect(balancedAccuracy).toBeCloseTo((3 / 4 + 1 / 2 + 0) / 3, 14)
    // Precision 3/5, 1/2, –; recall 3/4, 1/2, 0: F1 6/9, 2/4, 0.
    expect(f1).toBeCloseTo((6 / 9 + 1 / 2 + 0) / 3, 14)
  })

  it('classes that never occur and were never answered don’t count, those answered count in F1 alone', () => {
    const matrix = counted(4, [[0, 0], [0, 3], [1, 1], [1, 1]])
    const { balancedAccuracy, f1 } = classificationScores(matrix)
    expect(balancedAccuracy).toBeCloseTo((1 / 2 + 1) / 2, 14)
    expect(f1).toBeCloseTo((2 / 3 + 1 + 0) / 3, 14)
  })

  it('the first of equal values is the largest, within the range alone', () => {
    expect(argmax([1, 3, 3, 2])).toBe(1)
    expect(argmax([9, 1, 5, 7], 1, 2)).toBe(1)
  })
})

describe('forecast errors', () => {
  const errors = new ForecastErrors()
  for (const [actual, predicted] of [[10, 12], [20, 16], [0, 0], [-5, 5]] as const) errors.add(actual, predicted)

  it('by hand', () => {
    expect(errors.mae).toBeCloseTo((2 + 4 + 0 + 10) / 4, 14)
    expect(errors.rmse).toBeCloseTo(Math.sqrt((4 + 16 + 0 + 100) / 4), 14)
    // 2·2/22, 2·4/36, nothing as nothing, 2·10/10.
    expect(errors.smape).toBeCloseTo(100 * (4 / 22 + 8 / 36 + 0 + 2) / 4, 12)
    expect(errors.mase(2)).toBeCloseTo(2, 14)
  })

  it('MASE divides by the seasonal naive error of the training part', () => {
    expect(seasonalNaiveError([1, 3, 2, 6])).toBeCloseTo((2 + 1 + 4) / 3, 14)
    expect(seasonalNaiveError([1, 3, 2, 6], 2)).toBeCloseTo((1 + 3) / 2, 14)
    expect(seasonalNaiveError([1, 2], 2)).toBeNaN()
  })
})

describe('sequences', () => {
  it.each([['kitten', 'sitting', 3], ['', 'abc', 3], ['abc', '', 3], ['flaw', 'lawn', 2], ['same', 'same', 0]])('%s → %s: %i', (left, right, distance) => {
    expect(editDistance([...left], [...right])).toBe(distance)
  })

  it('the edit distance is a metric', () => {
    const word = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 8 })
    fc.assert(fc.property(word, word, word, (a, b, c) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a))
      expect(editDistance(a, b) === 0).toBe(sameSequence(a, b))
      expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c))
      expect(editDistance(a, b)).toBeGreaterThanOrEqual(Math.abs(a.length - b.length))
    }))
  })

  it('exact match, mean distance and error rate, by hand', () => {
    expect(sequenceScores([{ expected: 'abc', given: 'abc' }, { expected: 'abcd', given: 'abd' }, { expected: 'a', given: 'xyz' }]))
      .toEqual({ exactMatch: 1 / 3, editDistance: (0 + 1 + 3) / 3, errorRate: 4 / 8 })
  })
})

describe('legality', () => {
  const ids = (text: string) => Array.from(text, (symbol) => reberSymbols.indexOf(symbol as 'B'))

  it('counts the steps and the strings whose most probable symbol may come next', () => {
    // After B T B T: S or X; after the inner string's E the second symbol T again.
    const tokens = ids('BTBTXSET')
    expect(legality([{ tokens, answers: ids('TBPSSETE') }])).toEqual({ steps: 1, strings: 1 })
    // The last symbol but one forgotten: one of eight steps, and with it the string.
    expect(legality([{ tokens, answers: ids('TBPSSEPE') }, { tokens, answers: ids('PBTXXETE') }])).toEqual({ steps: 15 / 16, strings: 1 / 2 })
  })
})
