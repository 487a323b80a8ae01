import type { Run } from '@shared/rpc/schemas'
import type { Bounds } from '../../charts/axis-range'
import type { ChartMarker, ChartModel, ChartSeries, ReferenceLine } from '../../charts/chart-model'
import { formatTick } from '../../charts/format'
import type { AxisKind, MetricBuffer, MetricKey } from '../../charts/metric-buffer'
import { formatFigure, formatShare } from '../../ui/format'
import { ratesChange, scheduleWords } from './run-words'

export interface ChartSetting {
  run: Run
  buffer: MetricBuffer
  axis: AxisKind
  smoothing: number
  logarithmic: boolean
  formatX: (x: number) => string
}

export interface NamedChart {
  title: string
  subtitle: string
  model: ChartModel
}

interface Parts {
  key: MetricKey
  bounds?: Bounds
  references: ReferenceLine[]
  markers?: ChartMarker[]
  formatY?: (value: number) => string
  formatTick?: (value: number) => string
}

function series({ buffer, axis }: ChartSetting, key: MetricKey): ChartSeries[] {
  const shown: ChartSeries[] = []
  if (buffer.train.has(key)) shown.push({ id: 'train', label: 'training', tone: 'train', source: buffer.curve('train', key, axis), smooth: true })
  if (buffer.validation.has(key)) shown.push({ id: 'validation', label: 'validation', tone: 'validation', source: buffer.curve('validation', key, axis), dots: true })
  if (buffer.test.has(key)) shown.push({ id: 'test', label: 'test', tone: 'test', source: buffer.curve('test', key, axis), dots: true })
  return shown
}

/** Losses, errors, norms and rates are never negative. */
function chart(setting: ChartSetting, { key, references, markers = [], ...formats }: Parts): ChartModel {
  return {
    series: series(setting, key), references, markers, dividers: [], smoothing: setting.smoothing, formatX: setting.formatX,
    formatY: formatFigure, formatTick, logarithmic: false, bounds: [0, Infinity], ...formats,
  }
}

/** Loss of both parts, what has to be beaten, and the step whose weights are kept as the best. */
export function lossChart(setting: ChartSetting): ChartModel {
  const { run, buffer, axis } = setting
  const references = run.baselines.map((baseline) => ({ label: `${baseline.name} ${formatFigure(baseline.loss)}`, value: baseline.loss }))
  const markers: ChartMarker[] = []
  if (run.best) {
    const row = buffer.validation.step.lowerBound(run.best.step)
    if (buffer.validation.step.at(row) === run.best.step) {
      const { column, scale } = buffer.x('validation', axis)
      markers.push({ label: `best ${formatFigure(run.best.loss)}`, x: column.at(row) * scale, y: run.best.loss, tone: 'validation' })
    }
  }
  return { ...chart(setting, { key: 'loss', references, markers }), logarithmic: setting.logarithmic }
}

/** Accuracy where there are classes, else the mean absolute error in the data's own unit; null before either is known. */
export function qualityChart(setting: ChartSetting): NamedChart | null {
  const { run, buffer } = setting
  const known = (key: MetricKey) => buffer.train.has(key) || buffer.validation.has(key)
  if (known('accuracy')) {
    const references = run.baselines.flatMap(({ name, accuracy }) => accuracy === undefined ? [] : [{ label: `${name} ${formatShare(accuracy)}`, value: accuracy }])
    const model = chart(setting, { key: 'accuracy', references, bounds: [0, 1], formatY: (value) => formatShare(value, 2), formatTick: (value) => `${Number((value * 100).toPrecision(4))} %` })
    return { title: 'Accuracy', subtitle: run.experiment.data.kind === 'text' ? 'share of next characters guessed right' : 'share of right answers', model }
  }
  if (!known('error')) return null
  const references = run.baselines.flatMap(({ name, error }) => error === undefined ? [] : [{ label: `${name} ${formatFigure(error)}`, value: error }])
  return { title: 'Error', subtitle: `mean absolute error${run.unit ? `, in ${run.unit}` : ''}`, model: chart(setting, { key: 'error', references }) }
}

/** The gradient's global norm and the norm it is scaled down to. */
export function gradientChart(setting: ChartSetting): NamedChart | null {
  if (!setting.buffer.train.has('gradNorm')) return null
  const clip = setting.run.experiment.training.clipNorm
  const references: ReferenceLine[] = clip === null ? [] : [{ label: `clipped at ${formatFigure(clip, 3)}`, value: clip, tone: 'danger' }]
  return { title: 'Gradient norm', subtitle: clip === null ? 'global L2 norm, not clipped' : 'global L2 norm before clipping', model: chart(setting, { key: 'gradNorm', references }) }
}

/** The learning rate where it changes; null where it doesn't, or isn't known yet. */
export function rateChart(setting: ChartSetting): NamedChart | null {
  if (!ratesChange(setting.run.experiment) || !setting.buffer.train.has('learningRate')) return null
  const model = chart(setting, { key: 'learningRate', references: [] })
  // It is set, not measured: nothing to smooth.
  return { title: 'Learning rate', subtitle: scheduleWords(setting.run.experiment), model: { ...model, series: model.series.map((line) => ({ ...line, label: 'learning rate', smooth: false })) } }
}

/** What stands below the loss, as far as anything of it is known. */
export const smallCharts = (setting: ChartSetting): NamedChart[] => [qualityChart, gradientChart, rateChart].map((chart) => chart(setting)).filter((chart) => chart !== null)
