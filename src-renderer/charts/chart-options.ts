import type { ChartOptions } from 'chart.js'
import { axisRange, type Extent } from './axis-range'
import type { Domain } from './bucket'
import type { ChartModel } from './chart-model'
import type { Overlay } from './overlay-plugin'

/**
 * Chart.js' options for a model: no animation, no parsing, linear x of exactly the view's breadth. The lines to compare
 * with count for y only while the whole breadth is shown, and only those no further off than the curves are high: a
 * hopeless baseline must not flatten everything else.
 */
export function chartOptions(model: () => ChartModel | null, overlay: Overlay, onResize: () => void, domain: Domain = [0, 1], extent: Extent | null = null, zoomed = false): ChartOptions<'line'> {
  const { palette } = overlay
  const current = model()
  const references = zoomed ? [] : (current?.references ?? []).map((reference) => reference.value).filter((value) => isNear(value, extent))
  const range = current?.logarithmic ? suggested(references) : linear(axisRange(extent ?? [0, 1], references, current?.bounds))
  const ticks = { color: palette.muted, font: { size: 11, family: palette.font } }
  return {
    animation: false,
    parsing: false,
    normalized: true,
    responsive: true,
    maintainAspectRatio: false,
    events: [],
    onResize,
    layout: { padding: { top: 4, right: 6 } },
    scales: {
      x: {
        type: 'linear',
        min: domain[0],
        max: domain[1],
        grid: { color: palette.grid, drawTicks: false },
        border: { color: palette.grid },
        ticks: { ...ticks, maxRotation: 0, autoSkipPadding: 28, padding: 6, includeBounds: false, callback: (value) => current?.formatX(Number(value)) ?? '' },
      },
      y: {
        type: current?.logarithmic ? 'logarithmic' : 'linear',
        ...range,
        grid: { color: palette.grid, drawTicks: false },
        border: { display: false },
        // One breadth for all charts of a screen keeps their x axes aligned.
        afterFit: (scale) => { scale.width = Math.max(scale.width, 52) },
        ticks: { ...ticks, padding: 6, maxTicksLimit: 6, includeBounds: false, callback: (value) => current?.formatTick(Number(value)) ?? '' },
      },
    },
  }
}

const suggested = (values: readonly number[]) => values.length > 0 ? { suggestedMin: Math.min(...values), suggestedMax: Math.max(...values) } : {}

const linear = ([min, max]: Extent) => ({ min, max })

function isNear(value: number, extent: Extent | null): boolean {
  if (extent === null) return true
  const [low, high] = extent
  const height = high - low || Math.abs(high) || 1
  return value >= low - height && value <= high + height
}
