import type { ChartOptions } from 'chart.js'
import type { Domain } from './bucket'
import type { ChartModel } from './chart-model'
import type { Overlay } from './overlay-plugin'

/** Lowest and highest value of the curves on screen. */
export type Extent = readonly [low: number, high: number]

/**
 * Chart.js' options for a model: no animation, no parsing, linear x of exactly the view's breadth. The lines to compare
 * with count for y only while the whole breadth is shown, and only those no further off than the curves are high: a
 * hopeless baseline must not flatten everything else. Curves that are never negative get no negative axis.
 */
export function chartOptions(model: () => ChartModel | null, overlay: Overlay, onResize: () => void, domain: Domain = [0, 1], extent: Extent | null = null, zoomed = false): ChartOptions<'line'> {
  const { palette } = overlay
  const current = model()
  const references = zoomed ? [] : (current?.references ?? []).map((reference) => reference.value).filter((value) => isNear(value, extent))
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
        ...(references.length > 0 ? { suggestedMin: Math.min(...references), suggestedMax: Math.max(...references) } : {}),
        grace: current?.logarithmic ? 0 : '4%',
        afterDataLimits: (scale) => {
          if (extent !== null && extent[0] >= 0 && scale.min < 0) scale.min = 0
        },
        grid: { color: palette.grid, drawTicks: false },
        border: { display: false },
        // One breadth for all charts of a screen keeps their x axes aligned.
        afterFit: (scale) => { scale.width = Math.max(scale.width, 52) },
        ticks: { ...ticks, padding: 6, maxTicksLimit: 6, callback: (value) => current?.formatTick(Number(value)) ?? '' },
      },
    },
  }
}

function isNear(value: number, extent: Extent | null): boolean {
  if (extent === null) return true
  const [low, high] = extent
  const height = high - low || Math.abs(high) || 1
  return value >= low - height && value <= high + height
}
