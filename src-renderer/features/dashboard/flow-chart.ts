import type { GradientFlowLine } from '@shared/metrics'
import type { ChartModel, ChartSeries } from '../../charts/chart-model'
import { formatTick } from '../../charts/format'
import { GrowingColumn } from '../../charts/growing-column'
import { ValueColumn } from '../../charts/value-column'
import { formatCount, formatFigure } from '../../ui/format'

/** Earlier looks drawn behind the one chosen. */
const TRAIL = 4
/** What has faded below this has faded; a logarithmic scale has no place for 0. */
const least = 1e-12

/** Layers that have a curve: `h_l0`, …, by the names of their states. */
export function flowLayers(line: GradientFlowLine): { value: string; label: string }[] {
  const names = Object.keys(line.flow).filter((name) => /(^|\.)h_/.test(name))
  const many = (part: RegExp) => new Set(names.map((name) => part.exec(name)?.[0] ?? '')).size > 1
  return names.map((value) => {
    const [, stack, layer, reverse] = /^(?:(\w+)\.)?h_l(\d+)(_reverse)?$/.exec(value) ?? []
    const words = [...(stack ? [stack] : []), ...(many(/l\d+/) ? [`layer ${Number(layer) + 1}`] : []), ...(many(/_reverse$/) ? [reverse ? 'reverse' : 'forward'] : [])]
    return { value, label: words.join(', ') || 'the only layer' }
  })
}

/**
 * ‖∂h_T/∂h_{T−k}‖_F / √H by k, of the look chosen and fainter of some before it, evenly spread over the training so far; of an
 * LSTM also by its cell state. On a logarithmic scale exponential decay is a straight line.
 */
export function flowChart(looks: readonly GradientFlowLine[], chosen: number, name: string): ChartModel {
  const line = looks[chosen]!
  const earlier = [...new Set(Array.from({ length: Math.min(TRAIL, chosen) }, (_, at) => Math.floor(at * chosen / Math.min(TRAIL, chosen))))]
  const series: ChartSeries[] = earlier.map((at, order) => ({ ...curve(looks[at]!, name, `step ${formatCount(looks[at]!.step)}`), id: `earlier ${order}`, strength: 0.3 + 0.4 * order / TRAIL }))
  const cell = name.replace('h_', 'c_')
  if (line.flow[cell]) series.push({ ...curve(line, cell, '∂h/∂c'), id: 'cell', tone: 'validation' })
  series.push({ ...curve(line, name, `step ${formatCount(line.step)}`), id: 'chosen' })
  return {
    series, references: [{ label: 'neither grows nor fades', value: 1 }], markers: [], dividers: [], logarithmic: true, smoothing: 0,
    formatX: (lag) => Number.isInteger(lag) ? formatCount(lag) : '', formatY: (value) => formatFigure(value, 3), formatTick,
  }
}

function curve({ lags, flow }: GradientFlowLine, name: string, label: string): ChartSeries {
  const values = (flow[name] ?? []).map((value) => value !== null && value > least ? value : Number.NaN)
  const x = { column: GrowingColumn.of(lags.slice(0, values.length)), scale: 1 }
  return { id: name, label, tone: 'train', source: { x, y: ValueColumn.of(values) } }
}

/** "falls to 1/e after 12.3 steps; 0.4 % is left of it at the first": what a curve says in words. */
export function flowWords({ lags, flow }: GradientFlowLine, name: string): string {
  const norms = flow[name] ?? []
  const last = norms.at(-1)
  const below = norms.findIndex((norm) => norm !== null && norm < Math.exp(-1))
  if (last === undefined) return ''
  if (last === null || last > 10) return `grows on its way back: ${last === null ? 'beyond all numbers' : `${formatFigure(last, 3)} times`} over ${formatCount(lags[norms.length - 1]!)} steps`
  const left = `${formatFigure(last, 2)} of it is left ${formatCount(lags[norms.length - 1]!)} steps back`
  return below < 0 ? left : `below 1/e after ${formatCount(lags[below]!)} ${lags[below] === 1 ? 'step' : 'steps'}; ${left}`
}
