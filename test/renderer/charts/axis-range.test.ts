import { describe, expect, it } from 'vitest'
import { axisRange } from '@renderer/charts/axis-range'
import { chartOptions } from '@renderer/charts/chart-options'
import type { ChartModel } from '@renderer/charts/chart-model'
import { MetricBuffer } from '@renderer/charts/metric-buffer'
import { formatX } from '@renderer/charts/format'
import { gradientChart, lossChart, qualityChart } from '@renderer/features/dashboard/run-charts'
import type { Metric } from '@shared/metrics'
import { fakeRun } from '../support/fake-runs'

const share = [0, 1] as const
const positive = [0, Infinity] as const

describe('the range of a y axis', () => {
  it('is that of the curves and a little room, whatever their size', () => {
    for (const scale of [1e-9, 0.003, 1, 7, 4e5]) {
      for (const [low, high] of [[1.2, 3.9], [0.4, 0.43], [-2, 5], [-3, -2.2]]) {
        const [from, to] = axisRange([low! * scale, high! * scale])
        const height = (high! - low!) * scale
        expect(from).toBeLessThan(low! * scale)
        expect(to).toBeGreaterThan(high! * scale)
        expect(to - from).toBeLessThan(1.3 * height)
      }
    }
  })

  it('ends where the quantity ends', () => {
    expect(axisRange([0.02, 0.97], [], share)).toEqual([0, 1])
    expect(axisRange([0, 1], [], share)).toEqual([0, 1])
    expect(axisRange([0.01, 4.2], [], positive)[0]).toBe(0)
    expect(axisRange([0.85, 0.9], [], share)[0]).toBeGreaterThan(0.8)
    // Never negative, though nobody said so.
    expect(axisRange([0.01, 4.2])[0]).toBe(0)
    expect(axisRange([0.01, 4.2], [-0.5])[0]).toBeLessThan(-0.5)
  })

  it('keeps a constant in sight, amid a tenth of its own size', () => {
    expect(axisRange([0, 0], [], share)).toEqual([0, 1])
    expect(axisRange([0, 0], [], positive)).toEqual([0, 1])
    expect(axisRange([-0, 0])).toEqual([0, 1])
    expect(axisRange([1, 1], [], share)[1]).toBe(1)
    expect(axisRange([1, 1], [], share)[0]).toBeCloseTo(0.9)
    for (const value of [1e-6, 0.5, 2.3, 1e6, -4]) {
      const [from, to] = axisRange([value, value * (1 + 1e-9)].sort((a, b) => a - b) as [number, number])
      expect(from).toBeLessThan(value)
      expect(to).toBeGreaterThan(value)
      expect(to - from).toBeLessThan(0.3 * Math.abs(value))
    }
  })

  it('holds what to compare with, and a value beyond its bounds', () => {
    const [from, to] = axisRange([1, 2], [2.4, 0.7], positive)
    expect(from).toBeLessThan(0.7)
    expect(to).toBeGreaterThan(2.4)
    expect(axisRange([0.2, 1.5], [], share)[1]).toBe(1.5)
  })

  it('stands still while a curve grows by little', () => {
    const ends = new Set<number>()
    for (let high = 2; high < 2.1; high += 0.001) ends.add(axisRange([0.4, high])[1])
    expect(ends.size).toBeLessThan(4)
  })
})

describe('the charts of a run', () => {
  const overlay = { palette: { muted: '', grid: '', font: '', text: '', ground: '', tone: () => '' }, references: [], markers: [], dividers: [], bad: [], crosshair: null, hits: [], selection: null, bands: [] }
  const axis = (model: ChartModel, low: number, high: number) => {
    const { min, max } = chartOptions(() => model, overlay, () => {}, [0, 100], [low, high]).scales!['y'] as { min: number; max: number }
    return [min, max]
  }
  const buffer = new MetricBuffer(474, 2048)
  buffer.take(0, Array.from({ length: 10 }, (_, at): Metric => ({ step: at + 1, epoch: 0, split: 'train', loss: 2, accuracy: 0, gradNorm: 0, elapsedMs: at })))
  const setting = { run: { ...fakeRun('text'), baselines: [] }, buffer, axis: 'step' as const, smoothing: 0, logarithmic: false, formatX: (x: number) => formatX('step', x) }

  it('let no axis go where the figure cannot', () => {
    const accuracy = qualityChart(setting)!.model
    expect(axis(accuracy, 0, 0)).toEqual([0, 1])
    expect(axis(accuracy, 0, 0.98)).toEqual([0, 1])
    expect(axis(lossChart(setting), 0, 0.001)[0]).toBe(0)
    expect(axis(lossChart(setting), 0, 0)).toEqual([0, 1])
    expect(axis(gradientChart(setting)!.model, 0, 0.9)[0]).toBe(0)
  })

  it('leave a logarithmic axis to its powers of ten', () => {
    expect(axis({ ...lossChart(setting), logarithmic: true }, 0.1, 3)).toEqual([undefined, undefined])
  })
})
