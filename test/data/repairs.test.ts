import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ExperimentInput } from '@shared/experiment/schema'
import { unsupported } from '@shared/experiment/unsupported'
import { prepare } from '@main/data/prepare'
import { calendarAt } from '@main/data/series/calendar'
import { fitScale, toScaled, toUnits } from '@main/data/series/scaler'
import { labelFor, later, stepOf } from '@main/data/series/time-steps'
import { timesOf } from '@main/data/series/times'
import { readTensors } from '@main/services/serve-data'
import { experimentOn, failureOf, scratch } from './support'

const { folder, write } = scratch()
type SeriesInput = Extract<ExperimentInput['data'], { kind: 'series' }>
const series = (source: string, rest: Partial<SeriesInput> = {}) =>
  experimentOn({ kind: 'series', columns: ['x'], target: ['x'], scale: 'none', validation: 0.2, test: 0.2, ...rest, source })
const prepared = (source: string, rest: Partial<SeriesInput> = {}) => prepare(series(source, rest), folder, readTensors)
const day = (at: number) => new Date(Date.UTC(2024, 0, 1 + at)).toISOString().slice(0, 10)

describe('missing values', () => {
  const content = ['t,x', `${day(0)},`, `${day(1)},2`, `${day(2)},NA`, `${day(3)},`, `${day(4)},8`, ...Array.from({ length: 10 }, (_, at) => `${day(5 + at)},${10 + at}`)].join('\n')

  it('are refused with their place unless a rule is given', async () => {
    const path = write('gaps.csv', content)
    expect(await failureOf(prepared('gaps.csv'))).toMatchObject({ code: 'dataset.missing-value', where: { file: path, line: 2, column: 2 } })
  })

  it('take the value before them, or one on the line; rows before the first value are left out; all of it is said', async () => {
    write('gaps.csv', content)
    const [previous, linear] = [await prepared('gaps.csv', { time: 't', missing: 'previous' }), await prepared('gaps.csv', { time: 't', missing: 'linear' })]
    expect([...previous.series!.inputs.subarray(0, 4)]).toEqual([2, 2, 2, 8])
    expect([...linear.series!.inputs.subarray(0, 4)]).toEqual([2, 4, 6, 8])
    expect(linear.series!.labels!.slice(0, 2)).toEqual([day(1), day(2)])
    expect(linear.warnings).toEqual([
      'The first row was left out, before every column has a value.',
      `2 missing values of column "x" were filled on the line between the neighbours, at the border of a part with the value before (${day(2)}, ${day(3)}).`,
    ])
  })

  it('text in a column of numbers is refused whatever the rule', async () => {
    const path = write('word.csv', 't,x\n1,2\n2,oops\n3,4\n')
    expect(await failureOf(prepared('word.csv', { missing: 'previous' }))).toMatchObject({ code: 'dataset.not-a-number', where: { file: path, line: 3 } })
  })

  it('never let a later part into an earlier one: training stays as it is when held-out rows change', async () => {
    const cell = fc.option(fc.integer({ min: -50, max: 50 }), { nil: null, freq: 2 })
    await fc.assert(fc.asyncProperty(fc.array(cell, { minLength: 18, maxLength: 18 }), fc.array(cell, { minLength: 12, maxLength: 12 }), fc.constantFrom('previous' as const, 'linear' as const), fc.constantFrom('standard' as const, 'minmax' as const, 'robust' as const), fc.integer({ min: 0, max: 3 }), async (list, other, missing, scale, gap) => {
      const table = (held: readonly (number | null)[]) => `t,x\n0,1\n${[...list, ...held].map((value, row) => `${row + 1},${value ?? ''}`).join('\n')}\n`
      write('one.csv', table(new Array<number>(12).fill(7)))
      write('two.csv', table(other))
      const [one, two] = await Promise.all(['one.csv', 'two.csv'].map((name) => prepared(name, { missing, scale, gap, validation: 0.2, test: 0.2 })))
      expect(two!.scaler).toEqual(one!.scaler)
      expect(two!.data.train).toEqual(one!.data.train)
      expect(two!.measure).toEqual(one!.measure)
    }), { numRuns: 60 })
  })
})

describe('steps of time', () => {
  it('without a row get one, in order, each time once; what stood off the grid is told', async () => {
    write('steps.csv', `t,x\n${[0, 1, 2, 5, 4, 4, 6, 7, 8, 9, 10, 11, 14].map((at, row) => `${day(at)},${row}`).join('\n')}\n`)
    const { series: found, warnings, length } = await prepared('steps.csv', { time: 't', steps: 'fill', missing: 'linear', validation: 0, test: 0 })
    expect(length).toBe(15)
    expect(found!.labels).toEqual(Array.from({ length: 15 }, (_, at) => day(at)))
    expect([...found!.inputs]).toEqual([0, 1, 2, 3.5, 5, 3, 6, 7, 8, 9, 10, 11, Math.fround(11 + 1 / 3), Math.fround(11 + 2 / 3), 12])
    expect(warnings).toEqual([
      'A row stood out of the order of time and was put in it.',
      `A row whose time a later row has too was left out (${day(4)}).`,
      `3 steps of time had no row and got one each (${day(3)}, ${day(12)}, ${day(13)}).`,
      `3 missing values of column "x" were filled on the line between the neighbours, at the border of a part with the value before (${day(3)}, ${day(12)}, ${day(13)}).`,
    ])
  })

  it('of months are months, whatever their days', () => {
    const months = timesOf(['2023-10', '2023-11', '2023-12', '2024-02', '2024-03'])
    expect(stepOf(months)).toEqual({ kind: 'months', size: 1 })
    const ends = timesOf(['2023-11-30', '2023-12-31', '2024-01-31'])
    const step = stepOf(ends)!
    expect(labelFor(later(step, ends.values[2]!, 1), true, '2023-11-30')).toBe('2024-02-29')
    expect(labelFor(later(stepOf(months)!, months.values[2]!, 1), true, '2023-10')).toBe('2024-01')
    expect(stepOf(timesOf(['2024-01-01 00:00', '2024-01-01 06:00', '2024-01-01 12:00', '2024-01-03 00:00']))).toEqual({ kind: 'plain', size: 6 * 3_600_000 })
    expect(stepOf(timesOf(['1', '2', '4', '5']))).toEqual({ kind: 'plain', size: 1 })
  })

  it('that hold too little, or cells that are no times, are refused', async () => {
    write('odd.csv', 't,x\n2024-01-01,1\nsoon,2\n2024-01-03,3\n')
    expect(await failureOf(prepared('odd.csv', { time: 't', steps: 'fill', missing: 'previous' }))).toMatchObject({ code: 'dataset.time-unreadable', message: expect.stringMatching(/Row 2 of the time column "t" \(line 3 of [^)]+\) holds "soon"/) as string })
    write('wild.csv', `t,x\n${[0, 1, 2, 3, 1e6].map((at) => `${at},1`).join('\n')}\n`)
    expect(await failureOf(prepared('wild.csv', { time: 't', steps: 'fill', missing: 'previous' }))).toMatchObject({ code: 'dataset.irregular-time' })
    expect(unsupported(series('odd.csv', { time: 't', steps: 'fill' })).map(({ path }) => path)).toEqual(['data.missing'])
    expect(unsupported(series('odd.csv', { steps: 'fill', missing: 'linear', calendar: ['month'] })).map(({ path }) => path)).toEqual(['data.time', 'data.time'])
  })
})

describe('calendar columns', () => {
  it('stand on the circle of their period', () => {
    const at = (features: Parameters<typeof calendarAt>[0], iso: string) => calendarAt(features, Date.parse(iso)).map((value) => Math.round(value * 1e6) / 1e6 + 0)
    expect(at(['hour'], '2024-05-01T06:00:00Z')).toEqual([1, 0])
    // A Monday, and the Thursday before 1970.
    expect(at(['weekday'], '2024-01-01T15:00:00Z')).toEqual([0, 1])
    expect(at(['weekday'], '1969-12-29T00:00:00Z')).toEqual([0, 1])
    expect(at(['month'], '2024-04-15')).toEqual([1, 0])
    expect(at(['hour', 'month'], '2024-07-01')).toEqual([0, 1, 0, -1])
  })

  it('are inputs beside the others, and known of the rows to come', async () => {
    write('days.csv', `t,x\n${Array.from({ length: 30 }, (_, at) => `${day(at)},${at}`).join('\n')}\n`)
    const { data, series: found, inputSize } = await prepared('days.csv', { time: 't', calendar: ['weekday'] })
    expect([inputSize, found!.columns, found!.feedback]).toEqual([3, ['x', 'sin weekday', 'cos weekday'], [0, -1, -1]])
    expect(data.form === 'values' && [...data.train.inputs.subarray(0, 3)]).toEqual([0, 0, 1])
    expect(found!.calendar).toEqual({ features: ['weekday'], step: { kind: 'plain', size: 86_400_000 }, last: Date.parse(day(29)) })
    write('numbers.csv', 't,x\n1,1\n2,2\n3,3\n4,4\n5,5\n')
    expect(await failureOf(prepared('numbers.csv', { time: 't', calendar: ['hour'] }))).toMatchObject({ code: 'dataset.time-unreadable' })
  })
})

describe('a gap between the parts', () => {
  it('is left out of all of them, and the parts are disjoint', async () => {
    await fc.assert(fc.asyncProperty(fc.integer({ min: 30, max: 60 }), fc.integer({ min: 0, max: 4 }), fc.integer({ min: 1, max: 3 }), fc.constantFrom(0, 0.2), async (rows, gap, horizon, test) => {
      write('gap.csv', `x\n${Array.from({ length: rows }, (_, row) => row).join('\n')}\n`)
      const { data, split } = await prepared('gap.csv', { gap, horizon, validation: 0.2, test })
      if (data.form !== 'values') throw new Error(data.form)
      const [train, validation, held] = [data.train, data.validation, data.test].map((part) => [...part.targets]) as [number[], number[], number[]]
      expect(train).toEqual(Array.from({ length: split[0]!.to - horizon }, (_, at) => at + horizon))
      for (const [part, rowsOf] of [[split[1]!, validation], [split[2]!, held]] as const) expect(rowsOf).toEqual(Array.from({ length: part.count }, (_, at) => part.from + at))
      expect(split[1]!.from - split[0]!.to).toBe(gap)
      expect(split[2]!.from - split[1]!.to).toBe(test > 0 ? gap : 0)
      expect(split[2]!.to).toBe(rows)
    }), { numRuns: 40 })
  })
})

describe('robust scaling', () => {
  it('is by median and quartiles, as scikit-learn has it, and can be undone', () => {
    const scale = fitScale('robust', 'x', Float64Array.of(1, 2, 3, 4, 1000))
    expect(scale).toEqual({ column: 'x', offset: 3, scale: 2 })
    fc.assert(fc.property(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 30 }), fc.double({ min: -1e6, max: 1e6, noNaN: true }), (values, value) => {
      const column = fitScale('robust', 'x', Float64Array.from(values))
      const size = Math.max(Math.abs(value), Math.abs(column.offset))
      expect(Math.abs(toUnits(column, toScaled(column, value)) - value)).toBeLessThanOrEqual(4 * Number.EPSILON * size + 4 * Number.MIN_VALUE * Math.max(1, column.scale))
    }))
  })
})
