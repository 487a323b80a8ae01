import type { Forecast } from '@shared/rpc/schemas'
import type { ChartModel, ChartSeries } from '../../charts/chart-model'
import { formatTick } from '../../charts/format'
import { GrowingColumn } from '../../charts/growing-column'
import { ValueColumn } from '../../charts/value-column'
import { formatFigure } from '../../ui/format'

/** A forecast over the series: what was, what the network said a step ahead, what it says on its own, and the naive line. */
export function forecastChart(forecast: Forecast): ChartModel {
  const rows = Math.max(forecast.actual.length, forecast.forecast.length, forecast.labels.length)
  const x = { column: GrowingColumn.of(Array.from({ length: rows }, (_, row) => row)), scale: 1 }
  const column = (values: Float32Array) => ValueColumn.of(Array.from({ length: rows }, (_, row) => values[row] ?? Number.NaN))
  const series: ChartSeries[] = [
    { id: 'actual', label: 'series', tone: 'muted', source: { x, y: column(forecast.actual) } },
    { id: 'fitted', label: 'one step ahead', tone: 'third', source: { x, y: column(forecast.fitted) } },
    { id: 'naive', label: 'naive', tone: 'test', dashed: true, source: { x, y: column(forecast.naive) } },
    { id: 'forecast', label: 'forecast', tone: 'validation', source: { x, y: column(forecast.forecast) } },
  ]
  return {
    series: series.filter(({ source: { y } }) => y.lastFinite(0, y.length) >= 0),
    references: [], markers: [], dividers: [{ label: 'forecast starts', x: forecast.start }], logarithmic: false, smoothing: 0,
    formatX: (row) => Number.isInteger(row) ? forecast.labels[row] ?? String(row) : '', formatY: (value) => formatFigure(value), formatTick,
  }
}

/** How the forecast compares with the naive one, in the series' own unit. */
export function verdict({ maeForecast, maeNaive }: Forecast, unit: string | null): { text: string; tone: 'better' | 'worse' | 'plain' } {
  const of = unit ? ` ${unit}` : ''
  if (maeForecast === null) return { text: 'Past the end of the series there is nothing to compare the forecast with.', tone: 'plain' }
  const own = `Mean absolute error of the forecast: ${formatFigure(maeForecast)}${of}.`
  if (maeNaive === null || maeNaive === 0) return { text: own, tone: 'plain' }
  const share = Math.abs(1 - maeForecast / maeNaive)
  const better = maeForecast < maeNaive
  return { text: `${own} The last value going on: ${formatFigure(maeNaive)}${of}, so the network is ${(share * 100).toFixed(0)} % ${better ? 'better' : 'worse'}.`, tone: better ? 'better' : 'worse' }
}
