import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { experimentSchema, type ExperimentInput } from '@shared/experiment/schema'
import { unsupported } from '@shared/experiment/unsupported'
import { evaluationBatches, trainingBatches } from '@main/engine/training/batches'
import { prepare } from '@main/data/prepare'
import { store } from '@main/data/store'
import { readTensors } from '@main/services/serve-data'
import { experimentOn, failureOf, scratch } from './support'

const { folder, write } = scratch()
type SeriesInput = Extract<ExperimentInput['data'], { kind: 'series' }>
const series = (source: string, rest: Partial<SeriesInput> = {}) =>
  experimentOn({ kind: 'series', columns: ['x'], target: ['x'], key: 'who', scale: 'none', validation: 0.2, test: 0.2, ...rest, source })

/** Values that tell whose they are: series k holds 1000 k + 0, 1, 2, … */
const table = (lengths: readonly number[], time: (row: number, key: number) => number = (row) => row) =>
  ['who,t,x', ...lengths.flatMap((length, key) => Array.from({ length }, (_, row) => `s${key},${time(row, key)},${1000 * key + row}`))].join('\n')
const whose = (value: number) => Math.floor(value / 1000)

describe('several series in a table', () => {
  it('are split each in its own order, every row in one part, and no window crosses a border', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.integer({ min: 10, max: 40 }), { minLength: 2, maxLength: 4 }), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 4 }), fc.constantFrom(1, 4), async (lengths, horizon, window, batchSize, stride) => {
      write('many.csv', table(lengths))
      const base = series('many.csv', { horizon, stride })
      const { data, split } = await prepare(base, folder, readTensors)
      if (data.form !== 'values') throw new Error(data.form)
      const targets = [data.train, data.validation, data.test].flatMap((part) => [...part.targets])
      // The first `horizon` rows of each series have nothing to be forecast from.
      expect([...targets].sort((a, b) => a - b)).toEqual(lengths.flatMap((length, key) => Array.from({ length: length - horizon }, (_, at) => 1000 * key + at + horizon)))
      expect(split.reduce((sum, { count }) => sum + count, 0)).toBe(lengths.reduce((sum, length) => sum + length, 0))
      for (const part of [data.train, data.validation, data.test]) part.targets.forEach((value, at) => expect(part.inputs[at]).toBe(value - horizon))

      const experiment = experimentSchema.parse({ ...base, training: { ...base.training, carryState: false, window, batchSize, shuffle: false } })
      const train = trainingBatches(data, experiment)
      const evaluated: number[] = []
      for (const [batches, seen] of [[train, null], [evaluationBatches(data, 'validation', experiment), evaluated]] as const) {
        if (batches === null) continue
        for (let index = 0; index < batches.layout.batches; index++) {
          const { y, lengths: valid } = batches.fill(index, null)
          valid.forEach((count, row) => {
            const values = Array.from({ length: count }, (_, step) => y[step * valid.length + row]!)
            expect(new Set(values.map(whose)).size).toBeLessThanOrEqual(1)
            values.forEach((value, step) => { if (step > 0) expect(value).toBe(values[step - 1]! + 1) })
            seen?.push(...values)
          })
        }
      }
      // Evaluation reads every held-out row exactly once.
      expect(evaluated.sort((a, b) => a - b)).toEqual([...data.validation.targets].sort((a, b) => a - b))
    }), { numRuns: 60 })
  })

  it('with times are split at the same times: none shows another’s future', async () => {
    // The second begins when the first is half over.
    write('times.csv', table([40, 40], (row, key) => row + 20 * key))
    const { data, split } = await prepare(series('times.csv', { time: 't' }), folder, readTensors)
    if (data.form !== 'values') throw new Error(data.form)
    const timeOf = (value: number) => value % 1000 + 20 * whose(value)
    const [latest, first] = [Math.max(...[...data.train.targets].map(timeOf)), Math.min(...[...data.validation.targets].map(timeOf))]
    expect(latest).toBeLessThan(first)
    expect(Math.max(...[...data.validation.targets].map(timeOf))).toBeLessThan(Math.min(...[...data.test.targets].map(timeOf)))
    expect(split.map(({ count }) => count)).toEqual([48, 16, 16])
  })

  it('share a scaler of their training rows; baselines are of each, weighted; rows say whose they are', async () => {
    write('two.csv', table([20, 40]))
    const { scaler, baselines, series: found, summary, measure } = await prepare(series('two.csv', { scale: 'minmax', time: null }), folder, readTensors)
    expect(scaler!.columns).toEqual([{ column: 'x', offset: 0, scale: 1023 }])
    expect([found!.starts, found!.labels![0], found!.labels![20], found!.labels![59]]).toEqual([[0, 20], 's0 1', 's1 1', 's1 40'])
    // Each series rises by one a row: naive errs by one, drift by nothing.
    expect(baselines.map(({ name, error }) => [name, Number(error!.toFixed(6))]).slice(0, 2)).toEqual(expect.arrayContaining([['Drift', 0]]))
    expect(baselines.find(({ name }) => name === 'Naive')!.error).toBeCloseTo(1, 9)
    expect([summary, measure!.naiveError]).toEqual(['2 series, 60 rows, 1 input column, target x', null])
  })

  it('may stand mixed, and be stored', async () => {
    const [head, ...rows] = table([12, 12]).split('\n')
    write('sorted.csv', [head, ...rows].join('\n'))
    write('mixed.csv', [head, ...rows.slice(0, 12).flatMap((row, at) => [row, rows[12 + at]!])].join('\n'))
    const sorted = await prepare(series('sorted.csv'), folder, readTensors)
    expect(await prepare(series('mixed.csv'), folder, readTensors)).toEqual(sorted)
    mkdirSync(join(folder, 'stored'))
    await store(series('mixed.csv').data, join(folder, 'mixed.csv'), join(folder, 'stored'))
    expect(await prepare(series('stored'), folder, readTensors)).toEqual(sorted)
  })

  it('can’t carry their state, and need rows to train on', async () => {
    write('short.csv', table([2, 2]))
    expect((await failureOf(prepare(series('short.csv', { horizon: 5 }), folder, readTensors))).code).toBe('dataset.too-short')
    expect(unsupported(series('short.csv')).map(({ path }) => path)).toEqual(['training.carryState'])
  })
})
