import { describe, expect, it } from 'vitest'
import type { ModelSpec } from '@shared/experiment/schema'
import { backtest, type BacktestArguments } from '@main/engine/backtest/backtest'
import { LeadErrors } from '@main/engine/backtest/lead-errors'
import { stepBaselines } from '@main/engine/backtest/step-baselines'
import { forecast } from '@main/engine/generate/forecast'
import { initialWeights } from '@main/engine/initializers/initial-weights'
import { createWork } from '@main/engine/inspect/work'
import { Random } from '@main/engine/random'
import { createOracleBackend } from '../oracle/oracle-backend'

const backend = createOracleBackend()
const model: ModelSpec = { cell: 'lstm', activation: 'tanh', hiddenSize: 4, layers: 1, bidirectional: false, dropout: 0, inputDropout: 0, embeddingSize: null, attention: false, init: 'default', forgetBias: 0 }

describe('errors by rows ahead', () => {
  it('are means over origins, and over everything', () => {
    const errors = new LeadErrors(2)
    errors.add(0, 10, 13, 2)
    errors.add(0, 10, 9, 2)
    errors.add(1, 10, 16, null)
    errors.add(1, NaN, 1, 2)
    const { mae, rmse, mase, byLead } = errors.figures()
    expect([mae, mase]).toEqual([10 / 3, 1])
    expect(rmse).toBeCloseTo(Math.sqrt((9 + 1 + 36) / 3), 12)
    expect([...byLead.mae]).toEqual([2, 6])
    expect([...byLead.rmse]).toEqual([Math.sqrt(5), 6].map(Math.fround))
    expect([byLead.mase![0], byLead.mase![1]]).toEqual([1, NaN])
  })
})

describe('baselines of several rows ahead', () => {
  it('are what can be worked out by hand', () => {
    const values = Float64Array.from({ length: 40 }, (_, row) => row + (row % 4 === 0 ? 10 : 0))
    const found = stepBaselines(values.subarray(0, 24), 4)
    expect([...found.get('Naive')!(values, 30, 3)]).toEqual([29, 29, 29])
    const slope = (23 - 10) / 23
    expect([...found.get('Drift')!(values, 30, 2)]).toEqual([29 + slope, 29 + 2 * slope])
    // Rows 30 to 34 from those 4, and at the fifth 8, rows before.
    expect([...found.get('Seasonal naive')!(values, 30, 5)]).toEqual([26, 27, 38, 29, 26])
    expect(stepBaselines(values.subarray(0, 24), null).has('Seasonal naive')).toBe(false)
  })

  it('autoregression goes on by what it foretold', () => {
    // A wave is y_t = 2 cos ω y_{t−1} − y_{t−2}.
    const values = Float64Array.from({ length: 200 }, (_, row) => 3 + Math.sin(row / 3))
    const found = stepBaselines(values.subarray(0, 150), null).get('Autoregression')!(values, 160, 10)
    found.forEach((value, step) => expect(value).toBeCloseTo(values[160 + step]!, 3))
  })
})

describe('a backtest', () => {
  const rows = 60
  const values = Float64Array.from({ length: rows }, (_, row) => 20 + 5 * Math.sin(row))
  const scale = { offset: 20, scale: 4 }
  const inputs = Float32Array.from(values, (value) => (value - scale.offset) / scale.scale)
  const weights = initialWeights(model, 1, 1, new Random(2))
  const args: BacktestArguments = {
    model, inputSize: 1, outputSize: 1, weights, horizon: 1, feedback: [0], steps: 3, scale,
    series: [{ values, trainRows: 40, season: null }],
    origins: [45, 50, 55].map((row) => ({ series: 0, row, history: inputs.slice(row - 20, row) })),
  }

  it('measures each forecast by itself, from a zero state', async () => {
    const told: number[] = []
    const found = await backtest(backend, args, createWork(() => false, (done) => told.push(done)))
    expect(told.at(-1)).toBe(3)
    let [sum, count] = [0, 0]
    const firsts: number[] = []
    for (const origin of args.origins) {
      const { forecast: foretold } = await forecast(backend, { ...args, ...origin })
      foretold.forEach((output, step) => {
        const error = Math.abs(output * scale.scale + scale.offset - values[origin.row + step]!)
        sum += error
        count++
        if (step === 0) firsts.push(error)
      })
    }
    const network = found.find((each) => each.network)!
    expect(network.figures.mae).toBeCloseTo(sum / count, 9)
    expect(network.figures.byLead.mae[0]).toBeCloseTo(firsts.reduce((all, error) => all + error, 0) / 3, 5)
    expect(found.map(({ name }) => name)).toEqual(expect.arrayContaining(['Naive', 'Drift', 'Autoregression', 'Network']))
    expect(found.map(({ figures }) => figures.mae)).toEqual(found.map(({ figures }) => figures.mae).toSorted((a, b) => a - b))
    expect(found.every(({ figures }) => figures.mase! > 0)).toBe(true)
  })

  it('knows nothing of what comes after an origin', async () => {
    const other = values.map((value, row) => (row >= 45 ? value + 100 : value))
    const [one, two] = await Promise.all([values, other].map((list) => backtest(backend, { ...args, series: [{ values: list, trainRows: 40, season: null }], origins: args.origins.slice(0, 1) }, createWork())))
    // Every forecast is the same, so that errors differ by the 100 alone.
    for (const { name, figures } of one!) {
      const shifted = two!.find((each) => each.name === name)!
      expect(Math.abs(shifted.figures.mae - 100)).toBeLessThanOrEqual(figures.mae + 1e-6)
    }
  })

  it('is given up when asked', async () => {
    let up = false
    await expect(backtest(backend, args, createWork(() => up, () => { up = true }))).rejects.toMatchObject({ code: 'inspect.cancelled' })
  })
})
