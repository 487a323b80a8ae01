import type { ChartModel, Tone } from '../../charts/chart-model'
import { formatTick } from '../../charts/format'
import { GrowingColumn } from '../../charts/growing-column'
import { ValueColumn } from '../../charts/value-column'
import { formatFigure, visibleSymbol } from '../../ui/format'
import type { Curve } from './plot-drawing'

const tones: Record<string, Tone> = { '--chart-train': 'train', '--chart-validation': 'validation', '--chart-test': 'test' }

/** What is read at a step, a symbol in quotes; nothing where that is only its number, counted from 1. */
export function stepName(labels: readonly string[], step: number): string {
  const label = labels[step] ?? ''
  return label === String(step + 1) ? '' : [...label].length === 1 ? `“${visibleSymbol(label)}”` : label
}

/** Curves over the steps of a sequence, named by what is read there. */
export function changeChart(curves: readonly Curve[], labels: readonly string[]): ChartModel {
  return {
    // A single step that has a loss would be no line.
    series: curves.map(({ label, ink, values, dashed = false }) => ({ id: label, dashed, dots: Array.from(values).filter(Number.isFinite).length <= 30, label, tone: tones[ink] ?? 'third', source: { x: { column: GrowingColumn.of(Array.from(values, (_, step) => step)), scale: 1 }, y: ValueColumn.of(Array.from(values)) } })),
    references: [], markers: [], dividers: [], logarithmic: false, smoothing: 0,
    formatX: (step) => Number.isInteger(step) ? `${step} ${stepName(labels, step)}`.trim() : '', formatY: (value) => formatFigure(value), formatTick,
  }
}
