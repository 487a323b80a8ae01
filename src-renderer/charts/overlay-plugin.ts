import type { Chart, Plugin } from 'chart.js'
import type { ChartDivider, ChartMarker, ReferenceLine, Tone } from './chart-model'
import { curveHeights, type LabelBox, placeLabels } from './label-places'
import type { Palette } from './palette'

export interface Overlay {
  palette: Palette
  references: readonly ReferenceLine[]
  markers: readonly ChartMarker[]
  dividers: readonly ChartDivider[]
  bands: readonly (readonly [number, number])[]
  /** x of values that were NaN or infinite. */
  bad: { x: number; tone: Tone }[]
  crosshair: number | null
  /** Points under the crosshair. */
  hits: { x: number; y: number; tone: Tone }[]
  /** The stretch being dragged over, in x. */
  selection: readonly [number, number] | null
}

/** Everything a chart shows beside its curves: lines to compare with, marks, the crosshair. */
export function overlayPlugin(overlay: Overlay): Plugin<'line'> {
  return {
    id: 'overlay',
    beforeDatasetsDraw(chart) {
      clipped(chart, () => {
        drawSelection(chart, overlay)
        drawBands(chart, overlay)
        for (const line of overlay.references) drawReference(chart, overlay, line)
        for (const divider of overlay.dividers) drawDivider(chart, overlay, divider)
      })
    },
    afterDatasetsDraw(chart) {
      clipped(chart, () => {
        nameReferences(chart, overlay)
        for (const mark of overlay.bad) drawBad(chart, overlay, mark)
        drawCrosshair(chart, overlay)
      })
      // Not clipped: the best step is often the last one, at the very edge.
      for (const marker of overlay.markers) drawMarker(chart, overlay, marker)
    },
  }
}

const pixelX = (chart: Chart, x: number) => Math.round(chart.scales['x']!.getPixelForValue(x)) + 0.5
const pixelY = (chart: Chart, y: number) => Math.round(chart.scales['y']!.getPixelForValue(y)) + 0.5

function clipped(chart: Chart, draw: () => void): void {
  const { ctx, chartArea: { left, top, width, height } } = chart
  ctx.save()
  ctx.beginPath()
  ctx.rect(left, top, width, height)
  ctx.clip()
  draw()
  ctx.restore()
}

function line(chart: Chart, from: [number, number], to: [number, number], colour: string, dash: number[] = []): void {
  const { ctx } = chart
  ctx.strokeStyle = colour
  ctx.lineWidth = 1
  ctx.setLineDash(dash)
  ctx.beginPath()
  ctx.moveTo(...from)
  ctx.lineTo(...to)
  ctx.stroke()
  ctx.setLineDash([])
}

/** Words on a ground of their own, so that a curve behind them doesn't make them illegible. */
function words(chart: Chart, palette: Palette, text: string, x: number, y: number, align: 'left' | 'right', colour: string): void {
  if (text === '') return
  const { ctx } = chart
  const width = widthOf(chart, palette, text)
  ctx.textBaseline = 'middle'
  ctx.textAlign = 'left'
  const left = align === 'left' ? x : x - width
  ctx.globalAlpha = 0.85
  ctx.fillStyle = palette.ground
  ctx.fillRect(left - 3, y - 8, width + 6, 16)
  ctx.globalAlpha = 1
  ctx.fillStyle = colour
  ctx.fillText(text, left, y + 0.5)
}

function drawReference(chart: Chart, { palette }: Overlay, reference: ReferenceLine): void {
  const { left, right } = chart.chartArea
  const y = pixelY(chart, reference.value)
  line(chart, [left, y], [right, y], palette.tone(reference.tone ?? 'muted'), [5, 4])
}

/** Over the curves, so that they don't strike them out. Lines too high to be on the picture are named at its upper edge, so that nobody misses them. */
function nameReferences(chart: Chart, { palette, references, markers }: Overlay): void {
  const { right, top } = chart.chartArea
  const taken = markers.map((marker) => markerBox(chart, palette, marker))
  const above = references.filter(({ value }) => pixelY(chart, value) < top).map(({ label }) => label)
  if (above.length > 0) {
    const label = `↑ ${above.join(', ')}`
    words(chart, palette, label, right - 6, top + 10, 'right', palette.text)
    taken.push({ left: right - 9 - widthOf(chart, palette, label), right: right - 3, y: top + 10 })
  }
  const named = references.filter(({ label }) => label !== '')
  const places = placeLabels(named.map(({ label, value }) => ({ y: pixelY(chart, value), width: widthOf(chart, palette, label) })), chart.chartArea, taken, strongCurves(chart).map((points) => curveHeights(points, chart.chartArea)))
  for (const [at, place] of places.entries()) if (place) words(chart, palette, named[at]!.label, place.right, place.y, 'right', palette.text)
}

/** The curves that a name must not hide: not what is drawn faint behind a moving average, nor a band's edges. */
const strongCurves = (chart: Chart): { x: number; y: number }[][] =>
  chart.getSortedVisibleDatasetMetas().filter(({ index }) => ((chart.data.datasets[index] as { borderWidth?: number } | undefined)?.borderWidth ?? 0) > 1).map(({ data }) => data)

function widthOf({ ctx }: Chart, { font }: Palette, text: string): number {
  ctx.font = `11px ${font}`
  return ctx.measureText(text).width
}

function drawDivider(chart: Chart, { palette }: Overlay, divider: ChartDivider): void {
  const { top, bottom, right } = chart.chartArea
  const x = pixelX(chart, divider.x)
  line(chart, [x, top], [x, bottom], palette.tone('muted'), [2, 3])
  const room = right - x > 80
  words(chart, palette, divider.label, room ? x + 6 : x - 6, top + 10, room ? 'left' : 'right', palette.text)
}

function drawBad(chart: Chart, { palette }: Overlay, mark: { x: number; tone: Tone }): void {
  const { ctx } = chart
  const { top, bottom } = chart.chartArea
  const { left, right } = chart.chartArea
  // At the very edge, where a failed run ends, the whole cross must still be seen.
  const x = Math.min(right - 6, Math.max(left + 6, pixelX(chart, mark.x)))
  line(chart, [pixelX(chart, mark.x), top], [pixelX(chart, mark.x), bottom], palette.tone('danger'), [1, 3])
  ctx.strokeStyle = palette.tone('danger')
  ctx.lineWidth = 1.5
  ctx.beginPath()
  ctx.moveTo(x - 4, top + 4)
  ctx.lineTo(x + 4, top + 12)
  ctx.moveTo(x + 4, top + 4)
  ctx.lineTo(x - 4, top + 12)
  ctx.stroke()
}

function drawMarker(chart: Chart, { palette }: Overlay, marker: ChartMarker): void {
  const { ctx } = chart
  const { left, right, top, bottom } = chart.chartArea
  const x = pixelX(chart, marker.x)
  const y = pixelY(chart, marker.y)
  if (x < left - 1 || x > right + 1 || y < top - 1 || y > bottom + 1) return
  ctx.fillStyle = palette.ground
  ctx.strokeStyle = palette.tone(marker.tone)
  ctx.lineWidth = 2
  ctx.beginPath()
  ctx.arc(x, y, 4.5, 0, 2 * Math.PI)
  ctx.fill()
  ctx.stroke()
  const name = markerName(chart, marker)
  words(chart, palette, marker.label, name.x, name.y, name.align, palette.text)
}

/** Breadth kept for a marker's name, in pixels. */
const MARKER_ROOM = 110

function markerName(chart: Chart, marker: ChartMarker): { x: number; y: number; align: 'left' | 'right' } {
  const { right, bottom } = chart.chartArea
  const [x, y] = [pixelX(chart, marker.x), pixelY(chart, marker.y)]
  const before = right - x < MARKER_ROOM
  return { x: before ? x - 8 : x + 8, y: y + 28 > bottom ? y - 14 : y + 14, align: before ? 'right' : 'left' }
}

function markerBox(chart: Chart, palette: Palette, marker: ChartMarker): LabelBox {
  const { x, y, align } = markerName(chart, marker)
  const width = widthOf(chart, palette, marker.label)
  const left = align === 'left' ? x : x - width
  return { left: left - 3, right: left + width + 3, y }
}

function drawCrosshair(chart: Chart, { palette, crosshair, hits }: Overlay): void {
  if (crosshair === null) return
  const { ctx } = chart
  const { top, bottom } = chart.chartArea
  const x = pixelX(chart, crosshair)
  line(chart, [x, top], [x, bottom], palette.text)
  for (const hit of hits) {
    ctx.fillStyle = palette.tone(hit.tone)
    ctx.strokeStyle = palette.ground
    ctx.lineWidth = 1.5
    ctx.beginPath()
    ctx.arc(pixelX(chart, hit.x), pixelY(chart, hit.y), 4, 0, 2 * Math.PI)
    ctx.fill()
    ctx.stroke()
  }
}

function drawBands(chart: Chart, { palette, bands }: Overlay): void {
  const { ctx } = chart
  const { top, height } = chart.chartArea
  ctx.globalAlpha = 0.18
  ctx.fillStyle = palette.tone('train')
  for (const [from, to] of bands) ctx.fillRect(pixelX(chart, from), top, Math.max(1, pixelX(chart, to) - pixelX(chart, from)), height)
  ctx.globalAlpha = 1
}

function drawSelection(chart: Chart, { palette, selection }: Overlay): void {
  if (!selection) return
  const { ctx } = chart
  const { top, height } = chart.chartArea
  const [from, to] = [pixelX(chart, selection[0]), pixelX(chart, selection[1])]
  ctx.globalAlpha = 0.15
  ctx.fillStyle = palette.tone('train')
  ctx.fillRect(Math.min(from, to), top, Math.abs(to - from), height)
  ctx.globalAlpha = 1
}
