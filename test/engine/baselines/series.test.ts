import { describe, expect, it } from 'vitest'
import { autoregressed, fitAutoregression } from '@main/engine/baselines/linear-autoregression'
import { regressionLoss } from '@main/engine/baselines/losses'
import { autocorrelations, seasonOf } from '@main/engine/baselines/season'
import { maseScale, seasonFor, seriesBaselines } from '@main/engine/baselines/series-baselines'
import { Random } from '@main/engine/random'

const series = (count: number, value: (at: number) => number) => Float64Array.from({ length: count }, (_, at) => value(at))

describe('the season', () => {
  it('autocorrelation by hand', () => {
    expect([...autocorrelations(Float64Array.of(1, -1, 2), 2)]).toEqual([1, -3 / 6, 2 / 6])
  })

  // A long smooth wave's correlation is nearly flat at its top: a row or two either way are as good.
  it.each([[7, 0, 0], [12, 0.3, 0], [132, 0.05, 3]])('of %i rows is found under noise and a trend of %f a row', (season, trend, slack) => {
    const random = new Random(2)
    const found = seasonOf(series(season * 12, (at) => 5 * Math.sin(2 * Math.PI * at / season) + trend * at + random.normal()))
    expect(Math.abs(found! - season)).toBeLessThanOrEqual(slack)
  })

  it('is none in noise, in a walk’s few rows, in a constant', () => {
    const random = new Random(4)
    expect(seasonOf(series(500, () => random.normal()))).toBeNull()
    expect(seasonOf(series(5, (at) => at % 2))).toBeNull()
    expect(seasonOf(series(100, () => 3))).toBeNull()
  })

  it('as stated counts when the training part has it twice', () => {
    const values = series(20, (at) => at)
    expect(seasonFor(values, 10)).toBe(10)
    expect(seasonFor(values, 11)).toBeNull()
    expect(maseScale(values, 10)).toBe(10)
    expect(maseScale(values, null)).toBe(1)
    expect(maseScale(series(20, () => 1), null)).toBeNull()
  })
})

describe('linear autoregression', () => {
  it('finds y_t = 2 + 1.2 y_{t−1} − 0.5 y_{t−2} + noise: its order and its coefficients', () => {
    const random = new Random(6)
    const values = new Float64Array(4000)
    for (let at = 2; at < values.length; at++) values[at] = 2 + 1.2 * values[at - 1]! - 0.5 * values[at - 2]! + 0.1 * random.normal()
    const { coefficients, intercept } = fitAutoregression(values, 1)!
    expect(coefficients).toHaveLength(2)
    expect(coefficients[0]).toBeCloseTo(1.2, 1)
    expect(coefficients[1]).toBeCloseTo(-0.5, 1)
    expect(intercept).toBeCloseTo(2, 0)
  })

  it('goes on with a wave exactly, three rows ahead: a sine is a second-order recurrence', () => {
    const values = series(300, (at) => 1e6 + 5 * Math.sin(at / 3))
    const model = fitAutoregression(values.subarray(0, 200), 3)!
    for (let row = 200; row < 300; row++) expect(autoregressed(model, values, row)).toBeCloseTo(values[row]!, 2)
  })

  it('a constant has no coefficients to find, a few rows too few', () => {
    expect(fitAutoregression(series(100, () => 7), 1)).toBeNull()
    expect(fitAutoregression(series(8, (at) => at), 1)).toBeNull()
  })
})

describe('series baselines', () => {
  // Training 1 2 4 3 | measured 5 2; two rows a season.
  const values = Float64Array.of(1, 2, 4, 3, 5, 2)
  const measure = { targets: [{ values, scale: { offset: 0, scale: 2 } }], trainEnd: 4, from: 4, to: 6, horizon: 1, season: 2, loss: 'mse' as const }
  const named = (rest = {}) => Object.fromEntries(seriesBaselines({ ...measure, ...rest }).map((baseline) => [baseline.name, baseline]))

  it('by hand', () => {
    const { Naive, Drift, Mean, 'Seasonal naive': seasonal } = named()
    // Errors in units: naive 3−5, 5−2; loss in half units, squared.
    expect(Naive).toMatchObject({ error: 2.5, loss: (1 + 2.25) / 2, rmse: Math.sqrt((4 + 9) / 2) })
    // MASE: seasonal naive in training errs by |4−1|, |3−2|.
    expect(Naive!.mase).toBeCloseTo(2.5 / 2, 12)
    // Slope (3−1)/3.
    expect(Drift!.error).toBeCloseTo((Math.abs(3 + 2 / 3 - 5) + Math.abs(5 + 2 / 3 - 2)) / 2, 12)
    expect(Mean!.error).toBeCloseTo((2.5 + 0.5) / 2, 12)
    // 4 for 5, 3 for 2.
    expect(seasonal).toMatchObject({ error: 1, loss: 0.25 })
  })

  it('two rows ahead the naive forecast is the seasonal one, and a season is gone back whole', () => {
    const { Naive, 'Seasonal naive': seasonal } = named({ horizon: 2 })
    expect(Naive!.error).toBe(seasonal!.error)
    expect(named({ horizon: 3, from: 5 })['Seasonal naive']!.error).toBe(Math.abs(values[1]! - 2))
  })

  it('come best first, by the task’s own loss', () => {
    const list = seriesBaselines({ ...measure, loss: 'mae' })
    expect(list.map(({ loss }) => loss)).toEqual(list.map(({ loss }) => loss).sort((a, b) => a - b))
    for (const { loss, error } of list) expect(loss).toBeCloseTo(error! / 2, 12)
    expect([0.5, -0.5, 3].map((error) => regressionLoss('huber', error))).toEqual([0.125, 0.125, 2.5])
  })
})
