import { axisRange } from '../../charts/axis-range'
import { domainOf } from '../../charts/bucket'
import type { ChartModel, ChartSeries } from '../../charts/chart-model'
import { readPalette } from '../../charts/palette'
import { tickEvery } from './heatmap-painter'
import { escapeXml, type Picture } from './picture'

const [width, plotHeight] = [720, 240]
const margin = { left: 64, right: 14, top: 10, bottom: 40 }
const legendRow = 18

export interface ChartWords { name: string; title: string; xLabel: string; yLabel?: string; metadata?: Record<string, string> }

/** A line chart as a picture of all its points, with its axes, its lines to compare with and its legend; and as numbers. */
export function chartPicture(model: ChartModel, { name, title, xLabel, yLabel = '', metadata = {} }: ChartWords): Picture {
  const rows = legendRows(model.series)
  const top = margin.top + 22 + rows.length * legendRow
  return {
    name, width, height: top + plotHeight + margin.bottom, metadata: { format: 'pt', producer: 'unroll', ...metadata },
    async svg() {
      const palette = readPalette(document.documentElement)
      const colour = ({ tone, strength }: ChartSeries) => `stroke="${palette.tone(tone)}"${strength === undefined ? '' : ` stroke-opacity="${strength}"`}`
      const [x, y] = [xScale(model), yScale(model, top)]
      const text = (at: number, height: number, words: string, more = '') => `<text x="${at.toFixed(1)}" y="${height.toFixed(1)}" ${more}>${escapeXml(words)}</text>`
      const line = (x1: number, y1: number, x2: number, y2: number, more: string) => `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" ${more}/>`
      const [right, foot] = [width - margin.right, top + plotHeight]
      const grid = [
        ...y.ticks.map((value) => line(margin.left, y.at(value), right, y.at(value), `stroke="${palette.grid}"`) + text(margin.left - 6, y.at(value) + 3.5, model.formatTick(value), 'text-anchor="end"')),
        ...x.ticks.map((value) => line(x.at(value), top, x.at(value), foot, `stroke="${palette.grid}"`) + text(x.at(value), foot + 15, model.formatX(value), 'text-anchor="middle"')),
      ]
      const references = model.references.filter(({ value }) => y.at(value) >= top && y.at(value) <= foot).map(({ value, label, tone }) =>
        line(margin.left, y.at(value), right, y.at(value), `stroke="${palette.tone(tone ?? 'muted')}" stroke-dasharray="5 4"`) + (label ? text(right - 4, y.at(value) - 4, label, 'text-anchor="end"') : ''))
      const curves = model.series.map((series) => `<path d="${path(series, x.at, y.at, model.logarithmic)}" fill="none" ${colour(series)} stroke-width="1.6"${series.dashed ? ' stroke-dasharray="5 4"' : ''}/>`)
      const legend = rows.flatMap((row, at) => row.map(({ series, left }) => {
        const height = margin.top + 22 + at * legendRow + 6
        return line(left, height, left + 14, height, `${colour(series)} stroke-width="3"`) + text(left + 20, height + 3.5, series.label)
      }))
      const yWords = yLabel ? text(margin.left + 6, top + 12, yLabel) : ''
      return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${foot + margin.bottom}" viewBox="0 0 ${width} ${foot + margin.bottom}" font-family="sans-serif" font-size="11" fill="${palette.muted}">`
        + `<rect width="100%" height="100%" fill="${palette.ground}"/>${text(margin.left, margin.top + 10, title, `font-size="13" font-weight="600" fill="${palette.text}"`)}${legend.join('')}${grid.join('')}${references.join('')}${curves.join('')}${yWords}`
        + `${text(right, foot + 32, xLabel, 'text-anchor="end"')}</svg>`
    },
    table: () => chartTable(model, xLabel),
    tensors: () => model.series.flatMap((series) => {
      const { xs, ys } = pointsOf(series)
      const tensor = series.id.replace(/\s+/g, '.')
      return [{ name: `${tensor}.x`, shape: [xs.length], values: Float32Array.from(xs) }, { name: tensor, shape: [ys.length], values: Float32Array.from(ys) }]
    }),
  }
}

/** All x there are, each with the value of every curve that has one there. */
function chartTable(model: ChartModel, xLabel: string): (string | number)[][] {
  const byX = new Map<number, (string | number)[]>()
  for (const [column, series] of model.series.entries()) {
    const { xs, ys } = pointsOf(series)
    for (const [at, x] of xs.entries()) {
      const row = byX.get(x) ?? new Array<string | number>(model.series.length).fill('')
      row[column] = Number.isNaN(ys[at]!) ? '' : ys[at]!
      byX.set(x, row)
    }
  }
  return [[xLabel, ...model.series.map(({ label }) => label)], ...[...byX].sort(([a], [b]) => a - b).map(([x, row]) => [x, ...row])]
}

function pointsOf({ source: { x: { column, scale }, y } }: ChartSeries): { xs: number[]; ys: number[] } {
  const length = Math.min(column.length, y.length)
  return { xs: Array.from({ length }, (_, row) => column.at(row) * scale), ys: Array.from({ length }, (_, row) => y.at(row)) }
}

/** What has no value breaks the line. */
function path(series: ChartSeries, x: (value: number) => number, y: (value: number) => number, logarithmic: boolean): string {
  const { xs, ys } = pointsOf(series)
  let drawing = false
  return xs.map((value, at) => {
    const known = Number.isFinite(ys[at]!) && (!logarithmic || ys[at]! > 0)
    const part = known ? `${drawing ? 'L' : 'M'}${x(value).toFixed(1)},${y(ys[at]!).toFixed(1)}` : ''
    drawing = known
    return part
  }).join('')
}

function xScale({ series }: ChartModel) {
  const [low, high] = domainOf(series.map(({ source }) => source))
  const room = width - margin.left - margin.right
  const at = (value: number) => margin.left + (value - low) / (high - low) * room
  const every = tickEvery(room / (high - low), 70)
  const ticks: number[] = []
  for (let tick = Math.ceil(low / every) * every; tick <= high; tick += every) ticks.push(tick)
  return { at, ticks }
}

function yScale({ series, references, logarithmic, bounds }: ChartModel, top: number) {
  const values = series.flatMap((each) => pointsOf(each).ys).filter((value) => Number.isFinite(value) && (!logarithmic || value > 0))
  const [low, high] = [values.reduce((least, value) => Math.min(least, value), Infinity), values.reduce((most, value) => Math.max(most, value), -Infinity)]
  const lines = references.map(({ value }) => value)
  if (logarithmic) {
    const [from, to] = low <= high ? [Math.floor(Math.log10(Math.min(low, ...lines.filter((value) => value > 0))) - 0.01), Math.ceil(Math.log10(Math.max(high, ...lines)) + 0.01)] : [-1, 1]
    const every = Math.max(1, Math.ceil((to - from) / 6))
    return { at: (value: number) => top + (to - Math.log10(value)) / (to - from) * plotHeight, ticks: Array.from({ length: Math.floor((to - from) / every) + 1 }, (_, at) => 10 ** (from + at * every)) }
  }
  const [from, to] = axisRange(low <= high ? [low, high] : [0, 1], lines, bounds)
  const size = 10 ** Math.floor(Math.log10((to - from) / 5))
  const every = [1, 2, 5, 10].map((factor) => factor * size).find((step) => (to - from) / step <= 6)!
  const first = Math.ceil(from / every - 1e-9)
  const ticks = Array.from({ length: Math.floor(to / every + 1e-9) - first + 1 }, (_, at) => Number(((first + at) * every).toPrecision(12)))
  return { at: (value: number) => top + (to - value) / (to - from) * plotHeight, ticks }
}

/** Names side by side as long as there is room; seven pixels a letter are enough for all. */
function legendRows(series: readonly ChartSeries[]): { series: ChartSeries; left: number }[][] {
  const rows: { series: ChartSeries; left: number }[][] = []
  let left = Infinity
  for (const each of series) {
    const breadth = 34 + 7 * each.label.length
    if (left + breadth > width - margin.right) {
      rows.push([])
      left = margin.left
    }
    rows.at(-1)!.push({ series: each, left })
    left += breadth
  }
  return rows
}
