import type { Backtest } from '@shared/rpc/schemas'
import type { ChartModel, Tone } from '../../charts/chart-model'
import { formatTick } from '../../charts/format'
import { GrowingColumn } from '../../charts/growing-column'
import { ValueColumn } from '../../charts/value-column'
import { formatFigure } from '../../ui/format'

const tones: Record<string, Tone> = { 'Naive': 'test', 'Drift': 'muted', 'Seasonal naive': 'third', 'Autoregression': 'train' }

/** The mean absolute error by rows ahead, of the network and of each baseline. */
export function backtestChart({ models, steps }: Backtest): ChartModel {
  const x = { column: GrowingColumn.of(Array.from({ length: steps }, (_, step) => step + 1)), scale: 1 }
  return {
    series: models.map(({ name, network, byLead }) => ({
      id: name, label: network ? 'network' : name.toLowerCase(), tone: network ? 'validation' : tones[name] ?? 'muted', dashed: !network, dots: steps <= 24,
      source: { x, y: ValueColumn.of(Array.from(byLead.mae)) },
    })),
    references: [], markers: [], dividers: [], logarithmic: false, smoothing: 0, bounds: [0, Infinity],
    formatX: (step) => Number.isInteger(step) ? String(step) : '', formatY: (value) => formatFigure(value), formatTick,
  }
}

/** How the network stands beside the best baseline, in words. */
export function backtestVerdict({ models, origins, steps, part, first, last }: Backtest): { text: string; tone: 'better' | 'worse' } {
  const network = models.find((model) => model.network)!
  const best = models.find((model) => !model.network)
  const where = `${origins === 1 ? 'One forecast' : `${origins} forecasts`} of ${steps} ${steps === 1 ? 'row' : 'rows'} over the ${part} part, from ${first} to ${last}.`
  if (best === undefined || best.mae === 0) return { text: where, tone: 'better' }
  const ratio = network.mae / best.mae
  const than = `the best baseline, ${best.name.toLowerCase()}`
  return ratio > 2
    ? { text: `${where} The network's error is ${formatFigure(ratio)} times that of ${than}.`, tone: 'worse' }
    : { text: `${where} The network is ${(Math.abs(1 - ratio) * 100).toFixed(0)} % ${ratio < 1 ? 'better' : 'worse'} than ${than}.`, tone: ratio < 1 ? 'better' : 'worse' }
}
