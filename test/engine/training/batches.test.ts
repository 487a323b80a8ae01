import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UnrollError } from '@shared/errors'
import { evaluationBatches, trainingBatches } from '@main/engine/training/batches'
import { lanes, wholeLanes } from '@main/engine/training/layouts'
import type { PreparedData } from '@main/engine/training/prepared-data'
import { addingData, addingExperiment, seriesData, seriesExperiment, textExperiment } from './experiments'

const counting = (train: number, vocabulary = 1000): PreparedData =>
  ({ form: 'tokens', vocabulary, train: Int32Array.from({ length: train }, (_, index) => index), validation: new Int32Array(0), test: new Int32Array(0) })

function errorOf(work: () => unknown): UnrollError {
  try {
    work()
  } catch (error) {
    if (error instanceof UnrollError) return error
  }
  throw new Error('no UnrollError was thrown')
}

describe('token streams in lanes', () => {
  it('start at b·floor((n−1)/batch), go on by a window, and target each successor', () => {
    const batches = trainingBatches(counting(33), textExperiment({ batchSize: 3, window: 4 }))
    expect(batches.layout.batches).toBe(2)
    const second = batches.fill(1, null)
    // lane = floor(32 / 3) = 10; window 1 starts at 4, 14 and 24. Laid out [steps, batch].
    expect([...second.x]).toEqual([4, 14, 24, 5, 15, 25, 6, 16, 26, 7, 17, 27])
    expect([...second.y]).toEqual([...second.x].map((id) => id + 1))
    expect([...second.lengths]).toEqual([4, 4, 4])
    expect(second).toMatchObject({ tokens: 12, valid: 12, components: 12 })
  })

  it('read no position twice and leave out only what fills no window', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), (positions, batch, window) => {
      fc.pre(Math.floor(positions / batch) >= window)
      const layout = lanes(positions, batch, window)
      const seen = new Set<number>()
      for (let index = 0; index < layout.batches; index++) {
        for (let row = 0; row < batch; row++) {
          const { start, length } = layout.row(index, row, null)
          for (let at = start; at < start + length; at++) expect(at < positions && !seen.has(at) && seen.add(at)).toBeTruthy()
        }
      }
      expect(seen.size).toBe(layout.batches * batch * window)
      expect(Math.floor(positions / batch) - layout.batches * window).toBeLessThan(window)
    }))
  })
})

describe('evaluation of streams', () => {
  it('meets every position exactly once, each lane in order', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), (positions, batch, window) => {
      const layout = wholeLanes(positions, batch, window)
      const seen = new Set<number>()
      for (let row = 0; row < batch; row++) {
        let next: number | null = null
        for (let index = 0; index < layout.batches; index++) {
          const { start, length } = layout.row(index, row, null)
          if (length > 0 && next !== null) expect(start).toBe(next)
          next = start + length
          for (let at = start; at < start + length; at++) expect(at < positions && !seen.has(at) && seen.add(at)).toBeTruthy()
        }
      }
      expect(seen.size).toBe(positions)
    }))
  })

  it('is not there for an empty part', () => {
    expect(evaluationBatches(counting(30), 'validation', textExperiment())).toBeNull()
  })
})

describe('value streams', () => {
  it('without carried state: windows every stride steps, a last partial batch filled up with empty rows', () => {
    const batches = trainingBatches(seriesData(30), seriesExperiment({ window: 6, batchSize: 4, shuffle: false }, 5))
    // Starts 0, 5, 10, 15, 20: five windows.
    expect(batches.layout.batches).toBe(2)
    const { x, y, lengths, tokens } = batches.fill(1, null)
    expect([...lengths]).toEqual([6, 0, 0, 0])
    expect(tokens).toBe(6)
    const sine = seriesData(30)
    if (sine.form !== 'values') throw new Error('unreachable')
    expect([0, 1, 2, 3, 4, 5].map((step) => x[step * 4])).toEqual([...sine.train.inputs.slice(20, 26)])
    expect([0, 1, 2, 3, 4, 5].map((step) => y[step * 4])).toEqual([...sine.train.targets.slice(20, 26)])
  })

  it('start windows every quarter of a window unless told otherwise', () => {
    expect(trainingBatches(seriesData(60), seriesExperiment({ window: 8, batchSize: 1 })).layout.batches).toBe(Math.floor((60 - 8) / 2) + 1)
  })

  it('with carried state: the same lanes as a text', () => {
    const batches = trainingBatches(seriesData(60), seriesExperiment({ window: 6, batchSize: 4, carryState: true }))
    expect(batches.layout).toMatchObject({ continuous: true, batches: 2 })
    expect(batches.layout.row(1, 2, null)).toEqual({ start: 36, length: 6 })
  })
})

describe('sequence sets', () => {
  it('come in file order, or in the order given, with their own lengths', () => {
    const batches = trainingBatches(addingData(10), addingExperiment({ batchSize: 4 }))
    expect(batches.layout.batches).toBe(3)
    expect([...batches.fill(2, null).lengths]).toEqual([4, 6, 0, 0])
    const order = Int32Array.from([9, 8, 7, 6, 5, 4, 3, 2, 1, 0])
    const last = batches.fill(2, order)
    const data = addingData(10)
    if (data.form !== 'sequences') throw new Error('unreachable')
    expect([last.y[0], last.y[1]]).toEqual([data.train.y[1], data.train.y[0]])
    expect(last).toMatchObject({ valid: 2, components: 2 })
  })

  it('refuse a length of none, a class out of range and arrays that do not fit', () => {
    const data = addingData(10)
    if (data.form !== 'sequences') throw new Error('unreachable')
    const broken = (train: Partial<typeof data.train>) => errorOf(() => trainingBatches({ ...data, train: { ...data.train, ...train } }, addingExperiment())).code
    expect(broken({ lengths: new Int32Array(10) })).toBe('dataset.invalid')
    expect(broken({ x: new Float32Array(7) })).toBe('dataset.invalid')
    expect(errorOf(() => trainingBatches({ ...counting(30, 10) }, textExperiment())).message).toContain('0 to 9 but element 10 is 10')
  })
})

describe('too little data', () => {
  it('names what is needed, what is there, and the largest batch that fits', () => {
    const error = errorOf(() => trainingBatches(counting(31), textExperiment({ batchSize: 8, window: 5 })))
    expect(error.code).toBe('dataset.too-short')
    expect(error.message).toBe('Training needs 8 lanes of at least 5 steps (training.window), 40 in all, but the training part has 30.')
    expect(error.hint).toBe('Set training.batchSize to 6 or less, or training.window to 3 or less.')
    expect(() => trainingBatches(counting(31), textExperiment({ batchSize: 6, window: 5 }))).not.toThrow()
    expect(() => trainingBatches(counting(31), textExperiment({ batchSize: 8, window: 3 }))).not.toThrow()
  })

  it('asks for a smaller window where not even one fits', () => {
    const error = errorOf(() => trainingBatches(seriesData(5), seriesExperiment({ window: 6 })))
    expect(error.message).toBe('Training needs 6 steps (training.window), but the training part has 5.')
    expect(error.hint).toContain('training.window to 5 or less')
    expect(errorOf(() => trainingBatches(counting(1), textExperiment())).hint).toContain('more data')
  })
})
