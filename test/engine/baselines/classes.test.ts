import { describe, expect, it } from 'vitest'
import { bagBaselines, type LabelledSequences } from '@main/engine/baselines/bag-baselines'
import { classByTokenBaseline, majorityBaseline, meanBaseline } from '@main/engine/baselines/class-baselines'
import { fitSoftmaxRegression, probabilities } from '@main/engine/baselines/softmax-regression'
import { Random } from '@main/engine/random'

describe('counting', () => {
  it('the mean, by hand and by the task’s loss', () => {
    expect(meanBaseline([1, 3], [4, 0], 1, 'mse')).toMatchObject({ loss: 4, error: 2 })
    expect(meanBaseline([1, 3], [4, 0], 1, 'huber')).toMatchObject({ loss: 1.5, error: 2 })
  })

  it('the majority, by hand', () => {
    const { loss, accuracy } = majorityBaseline(2, [0, 0, 1], [0, 1])
    expect(accuracy).toBe(0.5)
    expect(loss).toBeCloseTo(-(Math.log(3 / 5) + Math.log(2 / 5)) / 2, 12)
  })

  it('the class by its token, by hand', () => {
    const { loss, accuracy } = classByTokenBaseline({ tokens: 2, classes: 2 }, { x: [0, 0, 1], y: [0, 1, 1] }, { x: [0, 1], y: [0, 1] })
    expect(accuracy).toBe(1)
    expect(loss).toBeCloseTo(-(Math.log(2 / 4) + Math.log(2 / 3)) / 2, 12)
  })
})

describe('softmax regression', () => {
  it('finds the log odds of one feature', () => {
    // Class 1 in 3 of 4 rows with the feature, in 1 of 4 without it.
    const rows = 4000
    const [ids, values, starts, labels] = [[] as number[], [] as number[], new Int32Array(rows + 1), new Int32Array(rows)]
    for (let row = 0; row < rows; row++) {
      const present = row % 2 === 0
      if (present) {
        ids.push(0)
        values.push(1)
      }
      starts[row + 1] = ids.length
      labels[row] = (row >> 1) % 4 === 0 ? (present ? 0 : 1) : (present ? 1 : 0)
    }
    const sparse = { starts, ids: Int32Array.from(ids), values: Float32Array.from(values) }
    const model = fitSoftmaxRegression(sparse, labels, 1, 2)
    const p = new Float64Array(2)
    expect(Math.abs(probabilities(model, sparse, 0, p)[1]! - 0.75)).toBeLessThan(0.04)
    expect(Math.abs(probabilities(model, sparse, 1, p)[1]! - 0.25)).toBeLessThan(0.04)
    expect(p[0]! + p[1]!).toBeCloseTo(1, 12)
  })
})

describe('bags', () => {
  const sizes = { vocabulary: 4, classes: 2, steps: 8, token: 'character' }
  /** Class 1 where `rule` says so. */
  const made = (count: number, seed: number, rule: (tokens: number[]) => boolean): LabelledSequences => {
    const random = new Random(seed)
    const sequences = Array.from({ length: count }, () => Array.from({ length: 8 }, () => random.below(4)))
    return { count, x: sequences.flat(), y: sequences.map((tokens) => Number(rule(tokens))), lengths: null }
  }
  const accuracies = (rule: (tokens: number[]) => boolean) =>
    Object.fromEntries(bagBaselines(sizes, made(2000, 1, rule), made(500, 2, rule)).map(({ name, accuracy }) => [name, accuracy!]))

  it('of tokens know what occurs', () => {
    expect(accuracies((tokens) => tokens.includes(2))['Bag of characters']).toBeGreaterThan(0.98)
  })

  it('of pairs know what begins, which tokens alone can’t', () => {
    const found = accuracies((tokens) => tokens[0]! < 2)
    expect(found['Bag of character pairs']).toBeGreaterThan(0.98)
    expect(found['Bag of characters']).toBeLessThan(0.75)
  })

  it('of the last tokens know what stands where, which the others can’t', () => {
    const found = accuracies((tokens) => tokens[5]! < 2)
    expect(found['Last 8 characters']).toBeGreaterThan(0.98)
    expect(found['Bag of character pairs']).toBeLessThan(0.75)
  })

  it('learn from every so many-th sequence where there are very many', () => {
    const rule = (tokens: number[]) => tokens.includes(2)
    const found = bagBaselines(sizes, made(40_000, 1, rule), made(500, 2, rule))
    for (const { description } of found) expect(description).toContain('Learned from 20,000 of the 40,000 sequences.')
    expect(found.find(({ name }) => name === 'Bag of characters')!.accuracy).toBeGreaterThan(0.98)
  }, 60_000)

  it('none reads past a sequence’s end', () => {
    const rule = (tokens: number[]) => tokens[0]! < 2
    const [train, measured] = [made(400, 1, rule), made(100, 2, rule)].map((part) => ({ ...part, lengths: new Int32Array(part.count).fill(3) })) as [LabelledSequences, LabelledSequences]
    const shaken = (part: LabelledSequences): LabelledSequences => ({ ...part, x: Array.from(part.x, (token, at) => (at % 8 < 3 ? token : 3 - token)) })
    expect(bagBaselines(sizes, shaken(train), shaken(measured))).toEqual(bagBaselines(sizes, train, measured))
  })

  it('are the same each time, with the figures of a confusion matrix, and absent without data', () => {
    const [train, measured] = [made(300, 1, (tokens) => tokens.includes(2)), made(100, 2, (tokens) => tokens.includes(2))]
    const found = bagBaselines(sizes, train, measured)
    expect(found).toEqual(bagBaselines(sizes, train, measured))
    for (const { balancedAccuracy, f1, loss } of found) for (const figure of [balancedAccuracy!, f1!, loss]) expect(figure).toBeGreaterThan(0)
    expect(bagBaselines(sizes, train, { ...measured, count: 0 })).toEqual([])
  })
})
