import type { ChartModel, Tone } from '../../charts/chart-model'
import { formatTick } from '../../charts/format'
import { GrowingColumn } from '../../charts/growing-column'
import { ValueColumn } from '../../charts/value-column'
import { formatFigure, visibleSymbol } from '../../ui/format'
import type { Curve } from './plot-drawing'

const tones: Record<string, Tone> = { '--chart-train': 'train', '--chart-validation': 'validation', '--chart-test': 'test' }

/** Curves over the steps of a sequence, named by what is read there. */
export function changeChart(curves: readonly Curve[], labels: readonly string[]): ChartModel {
  const named = (step: number) => (labels[step] ?? '').length === 1 ? `“${visibleSymbol(labels[step]!)}”` : labels[step] ?? ''
  return {
    series: curves.map(({ label, ink, values }) => ({ id: label, label, tone: tones[ink] ?? 'third', source: { x: { column: GrowingColumn.of(Array.from(values, (_, step) => step)), scale: 1 }, y: ValueColumn.of(Array.from(values)) } })),
    references: [], markers: [], dividers: [], logarithmic: false, smoothing: 0,
    formatX: (step) => Number.isInteger(step) ? `${step} ${named(step)}`.trim() : '', formatY: (value) => formatFigure(value), formatTick,
  }
}
