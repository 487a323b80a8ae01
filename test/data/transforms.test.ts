import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ExperimentInput } from '@shared/experiment/schema'
import { firstTargetRow, seriesInputs } from '@shared/experiment/series-columns'
import { experimentSchema } from '@shared/experiment/schema'
import { prepare } from '@main/data/prepare'
import { readTensors } from '@main/services/serve-data'
import { experimentOn, failureOf, scratch } from './support'

const { folder, write } = scratch()
type SeriesInput = Extract<ExperimentInput['data'], { kind: 'series' }>
const prepared = async (source: string, rest: Partial<SeriesInput> = {}) => {
  const found = await prepare(experimentOn({ kind: 'series', columns: ['x'], target: ['x'], validation: 0.2, test: 0.2, ...rest, source }), folder, readTensors)
  if (found.data.form !== 'values') throw new Error(found.data.form)
  return { ...found, data: found.data }
}
const table = (rows: number, cell: (row: number) => string | number) => `t,x\n${Array.from({ length: rows }, (_, row) => `${row},${cell(row)}`).join('\n')}\n`
const growing = (row: number) => Math.exp(row / 20) * (2 + Math.sin(row / 2))

describe('a series of logs and differences', () => {
  it('reads the changes and says which rows are only looked back on', async () => {
    write('squares.csv', table(40, (row) => row * row))
    const { data, series, warnings, scaler, unitScale, split } = await prepared('squares.csv', { scale: 'none', transform: { difference: [1] }, lags: [2] })
    expect(series!.columns).toEqual(['x', 'x (t−2)'])
    // x_t − x_{t−1} = 2t − 1; the first whole row is 3, the first target row 4.
    expect([...data.train.inputs.subarray(0, 6)]).toEqual([5, 1, 7, 3, 9, 5])
    expect([...data.train.targets.subarray(0, 3)]).toEqual([7, 9, 11])
    expect([...data.train.bases!.subarray(0, 3)]).toEqual([9, 16, 25])
    expect(series!.transformed!.lead).toBe(3)
    expect(warnings).toEqual(['The first 3 rows are only looked back on by lags and differences; training begins after them.'])
    expect(scaler).toMatchObject({ kind: 'none', transform: { log: 'none', difference: [1], columns: ['x'] }, lags: [2], horizon: 1 })
    expect(unitScale).toBe(1)
    // The same held-out rows as without.
    const plain = await prepared('squares.csv', { scale: 'none' })
    expect(split).toEqual(plain.split)
    expect([data.validation.rows, data.test.rows]).toEqual([plain.data.validation.rows, plain.data.test.rows])
  })

  it('its targets made values are the series, at every horizon', async () => {
    write('grow.csv', table(120, growing))
    for (const horizon of [1, 5, 13]) {
      const found = await prepared('grow.csv', { transform: { log: 'log', difference: [1, 12] }, horizon, lags: [1, 3] })
      expect(found.unitScale).toBeNull()
      const { offset, scale, log } = found.measure!
      let row = firstTargetRow(experimentSchema.shape.data.parse({ kind: 'series', source: 'x', columns: ['x'], target: ['x'], transform: { log: 'log', difference: [1, 12] }, horizon, lags: [1, 3] }) as never)
      expect(log).toBe('log')
      for (const part of [found.data.train, found.data.validation, found.data.test]) {
        for (let step = 0; step < part.rows; step++, row++) expect(Math.exp(part.targets[step]! * scale + offset + part.bases![step]!)).toBeCloseTo(growing(row), 3)
      }
      expect(row).toBe(120)
    }
  })

  it('baselines keep to the values: the same errors with and without', async () => {
    write('grow.csv', table(120, growing))
    const [plain, changed] = await Promise.all([{}, { transform: { log: 'log' as const, difference: [1] }, lags: [1] }].map((rest) => prepared('grow.csv', rest)))
    const errors = (found: typeof plain) => Object.fromEntries(found!.baselines.map(({ name, error, rmse, mase, smape }) => [name, { error, rmse, mase, smape }]))
    expect(errors(changed)).toEqual(errors(plain))
    // Naive is the difference 0, whose loss in scaled units is the mean of squares of what the network is asked.
    const { validation } = changed!.data
    const { offset, scale } = changed!.measure!
    const zero = [...validation.targets.subarray(0, validation.rows)].reduce((sum, target) => sum + (target + offset / scale) ** 2, 0) / validation.rows
    expect(changed!.baselines.find(({ name }) => name === 'Naive')!.loss).toBeCloseTo(zero, 5)
  })

  it('nothing of the training part changes when held-out rows do', async () => {
    const cell = fc.integer({ min: 1, max: 1000 })
    await fc.assert(fc.asyncProperty(
      fc.array(cell, { minLength: 30, maxLength: 30 }), fc.array(cell, { minLength: 12, maxLength: 12 }), fc.constantFrom('standard' as const, 'minmax' as const, 'robust' as const),
      fc.constantFrom('none' as const, 'log' as const, 'log1p' as const), fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 2 }), fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }), fc.integer({ min: 1, max: 3 }),
      async (list, other, scale, log, difference, lags, horizon) => {
        write('one.csv', table(30, (row) => list[row]!))
        write('two.csv', table(30, (row) => (row < 18 ? list : [...new Array<number>(18), ...other])[row]!))
        const [one, two] = await Promise.all(['one.csv', 'two.csv'].map((name) => prepared(name, { scale, transform: { log, difference }, lags, horizon })))
        expect(two!.scaler).toEqual(one!.scaler)
        expect(two!.data.train).toEqual(one!.data.train)
        expect(two!.measure).toEqual(one!.measure)
      }), { numRuns: 60 })
  })

  it('each of several series looks back on its own rows alone', async () => {
    const rows = ['a', 'b', 'c'].flatMap((key, at) => Array.from({ length: 20 }, (_, row) => `${key},${100 * at + row * row}`))
    write('keys.csv', `k,x\n${rows.join('\n')}\n`)
    const { data, measure, baselines } = await prepared('keys.csv', { key: 'k', scale: 'none', transform: { difference: [1] } })
    expect([...data.train.starts!]).toEqual([0, 10, 20])
    for (const start of data.train.starts!) expect([...data.train.targets.subarray(start, start + 3)]).toEqual([3, 5, 7])
    expect(measure!.naiveError).toBeNull()
    expect([...data.validation.naiveErrors!]).toHaveLength(3)
    expect(baselines.every(({ mase, rmse, smape }) => mase! > 0 && rmse! > 0 && smape! > 0)).toBe(true)
    const naive = baselines.find(({ name }) => name === 'Naive')!
    // Over rows 12 to 15 naive is wrong by 2t − 1, in training by the same over rows 1 to 11.
    expect(naive.mase).toBeCloseTo((23 + 25 + 27 + 29) / 4 / 11, 10)
  })

  it('says which value has no logarithm', async () => {
    write('low.csv', 'day,x\n' + Array.from({ length: 40 }, (_, row) => `2020-01-${String(row + 1).padStart(2, '0')},${row === 33 ? 0 : row + 1}`).join('\n'))
    const error = await failureOf(prepared('low.csv', { time: 'day', transform: { log: 'log' } }))
    expect(error).toMatchObject({ code: 'dataset.log', message: 'Row 34 (2020-01-34, line 35) of column "x" of low.csv is 0, and only numbers above 0 have a logarithm.', hint: expect.stringMatching(/log1p/) as string })
    expect((await prepared('low.csv', { transform: { log: 'log1p' } })).data.train.rows).toBe(23)
    write('lower.csv', table(40, (row) => row - 5))
    expect((await failureOf(prepared('lower.csv', { transform: { log: 'log1p' } }))).message).toMatch(/Row 1 \(line 2\) of column "x" of lower.csv is -5, and ln\(1 \+ x\) needs numbers above −1/)
  })

  it('of chosen columns alone; an unknown one is refused', async () => {
    write('two.csv', 'x,y\n' + Array.from({ length: 40 }, (_, row) => `${row + 1},${row - 20}`).join('\n'))
    const { data } = await prepared('two.csv', { columns: ['x', 'y'], scale: 'none', transform: { log: 'log', columns: ['x'] } })
    expect([...data.train.inputs.subarray(0, 4)]).toEqual([0, -20, Math.fround(Math.log(2)), -19])
    expect(await failureOf(prepared('two.csv', { transform: { log: 'log', columns: ['z'] } }))).toMatchObject({ code: 'experiment.transform' })
  })

  it('needs rows to look back on', async () => {
    write('short.csv', table(20, growing))
    expect(await failureOf(prepared('short.csv', { transform: { difference: [12] } }))).toMatchObject({ code: 'dataset.too-short', message: 'Forecasting 1 row ahead with these lags and differences takes more than 13 rows to train on; 12 found.' })
  })

  it('names what stands in each column', () => {
    expect(seriesInputs({ columns: ['x', 'y'], lags: [7], calendar: ['month'] })).toEqual(['x', 'y', 'x (t−7)', 'y (t−7)', 'sin month', 'cos month'])
  })
})
