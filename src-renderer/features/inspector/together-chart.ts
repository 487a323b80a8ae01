import type { ChartModel } from '../../charts/chart-model'
import { formatTick } from '../../charts/format'
import { GrowingColumn } from '../../charts/growing-column'
import { ValueColumn } from '../../charts/value-column'
import { formatFigure } from '../../ui/format'
import { stepName } from './change-chart'

/** A unit and a property along the sequence, the property brought on to the unit's scale: same mean, same spread. */
export function togetherChart(unit: Float32Array, unitName: string, property: Float32Array, propertyName: string, labels: readonly string[]): ChartModel {
  const known = property.filter(Number.isFinite)
  const [own, theirs] = [spread(unit), spread(known)]
  // The sign of r, so that what moves against each other lies on each other too.
  const sign = products(unit, property, own.mean, theirs.mean) < 0 ? -1 : 1
  const scale = theirs.deviation > 0 ? sign * own.deviation / theirs.deviation : 0
  const x = { column: GrowingColumn.of(Array.from(unit, (_, step) => step)), scale: 1 }
  return {
    series: [
      { id: 'unit', label: unitName, tone: 'train', source: { x, y: ValueColumn.of(unit) } },
      { id: 'property', label: `${propertyName}, scaled${sign < 0 ? ' and turned over' : ''}`, tone: 'validation', dashed: true, source: { x, y: ValueColumn.of(property.map((value) => own.mean + scale * (value - theirs.mean))) } },
    ],
    references: [], markers: [], dividers: [], logarithmic: false, smoothing: 0,
    formatX: (step) => Number.isInteger(step) ? `${step} ${stepName(labels, step)}`.trim() : '',
    formatY: (value) => formatFigure(value), formatTick,
  }
}

function spread(values: Float32Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / (values.length || 1)
  return { mean, deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length || 1)) }
}

const products = (a: Float32Array, b: Float32Array, meanA: number, meanB: number) => a.reduce((sum, value, at) => Number.isFinite(b[at]!) ? sum + (value - meanA) * (b[at]! - meanB) : sum, 0)
