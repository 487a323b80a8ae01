import type { ChartModel, ChartSeries } from '../../charts/chart-model'
import { formatTick } from '../../charts/format'
import { GrowingColumn } from '../../charts/growing-column'
import { ValueColumn } from '../../charts/value-column'
import type { Backward, Connectivity } from '../../stores/memory'
import { formatFigure } from '../../ui/format'

/** What has faded below this has faded; a logarithmic scale has no place for 0. */
const least = 1e-12

/** A curve over whole numbers from `from` on, for a logarithmic scale. */
export function curve(id: string, label: string, numbers: ArrayLike<number>, from: number, more: Partial<ChartSeries> = {}): ChartSeries {
  const values = Array.from(numbers, (value) => value > least ? value : Number.NaN)
  return { id, label, tone: 'train', source: { x: { column: GrowingColumn.of(Array.from(values, (_, at) => from + at)), scale: 1 }, y: ValueColumn.of(values) }, ...more }
}

export function chartOf(series: ChartSeries[], more: Partial<ChartModel> = {}): ChartModel {
  return { series, references: [], markers: [], dividers: [], logarithmic: true, smoothing: 0, formatX: (x) => Number.isInteger(x) ? String(x) : '', formatY: (value) => formatFigure(value), formatTick, ...more }
}

/** ‖∂h_T/∂h_t‖_F / √H by step: 1 where the gradient neither grows nor fades. On a logarithmic scale exponential decay is a straight line. */
export function flowChart({ flow }: Backward): ChartModel {
  return chartOf([
    curve('norm', flow.exact ? '∂h_T/∂h_t' : `∂h_T/∂h_t, estimated by ${flow.probes} directions`, flow.norms, flow.from),
    ...(flow.cell ? [curve('cell', '∂h_T/∂c_t', flow.cell, flow.from, { tone: 'validation' })] : []),
    ...(flow.largest ? [curve('largest', 'largest singular value', flow.largest, flow.from, { tone: 'muted', dashed: true })] : []),
  ], { references: [{ label: 'neither grows nor fades', value: 1 }] })
}

/** The mean dependence by how many steps back; of occlusion only where leaving an input out made it worse. */
export const lagChart = ({ measure, lags }: Connectivity): ChartModel => chartOf([curve('lag', measure, lags, 0)])
