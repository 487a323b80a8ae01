import { Chart, Filler, LinearScale, LineController, LineElement, LogarithmicScale, PointElement } from 'chart.js'
import { cancelForFrame, queueForFrame } from '../ui/frame-queue'
import { domainOf, nearestRow } from './bucket'
import type { Domain } from './bucket'
import type { ChartModel, ChartSeries, Readout } from './chart-model'
import { chartOptions } from './chart-options'
import { CurveDatasets, extentOf, type Points } from './curve-datasets'
import { overlayPlugin } from './overlay-plugin'
import type { Overlay } from './overlay-plugin'
import { readPalette } from './palette'

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale, Filler)

/** Chart.js' part, and what lies over it. */
interface Drawing {
  chart: Chart<'line', Points>
  overlay: Overlay
}

/**
 * Draws a model on a canvas with Chart.js, at most once a frame and only while it can be seen; where only the crosshair
 * moved, the curves are drawn as they are. Chart.js' own part is made when the canvas is first seen, in a frame of its
 * own, as that takes most of one. Holds no more points than the canvas has pixels; nothing in it is reactive.
 */
export class LineChartEngine {
  readonly #curves = new CurveDatasets()
  #drawing: Drawing | null = null
  #model: ChartModel | null = null
  #hidden: ReadonlySet<string> = new Set()
  #view: Domain | null = null
  #crosshair: Readout | null = null
  #selection: Domain | null = null
  #visible = false
  #dirty = false
  /** The curves or the axes changed, not only what lies over them. */
  #changed = true

  constructor(readonly canvas: HTMLCanvasElement) {}

  set(model: ChartModel, hidden: ReadonlySet<string>, view: Domain | null): void {
    this.#model = model
    this.#hidden = hidden
    this.#view = view
    this.schedule()
  }

  /** The whole breadth of the curves that are shown. */
  extent(): Domain {
    return domainOf(this.#shown().map((series) => series.source))
  }

  domain(): Domain {
    return this.#view ?? this.extent()
  }

  /** x at a place on the canvas, in CSS pixels; clamped to the plot. */
  xAt(pixel: number): number {
    const area = this.#drawing?.chart.chartArea
    const [low, high] = this.domain()
    if (!area || area.width <= 0) return low
    return low + Math.min(1, Math.max(0, (pixel - area.left) / area.width)) * (high - low)
  }

  /** Breadth of the plot in CSS pixels. */
  plotWidth(): number {
    return Math.max(1, Math.round(this.#drawing?.chart.chartArea?.width ?? this.canvas.clientWidth ?? 1))
  }

  /** The exact values nearest to x, one a series that is shown. Null: no points. */
  readout(x: number): Readout | null {
    const rows = this.#shown().map((series) => ({ series, row: nearestRow(series.source, x) })).filter(({ row }) => row >= 0)
    const at = ({ source }: ChartSeries, row: number) => source.x.column.at(row) * source.x.scale
    const leader = rows.reduce<number | null>((best, { series, row }) => {
      const candidate = at(series, row)
      return best === null || Math.abs(candidate - x) < Math.abs(best - x) ? candidate : best
    }, null)
    if (leader === null) return null
    return { x: leader, values: rows.map(({ series, row }) => ({ id: series.id, value: series.source.y.at(row), x: at(series, row) })) }
  }

  setCrosshair(readout: Readout | null): void {
    this.#crosshair = readout
    this.#queue()
  }

  setSelection(selection: Domain | null): void {
    this.#selection = selection
    this.#queue()
  }

  setVisible(visible: boolean): void {
    this.#visible = visible
    if (visible && this.#dirty) this.#queue()
  }

  refreshTheme(): void {
    if (this.#drawing) this.#drawing.overlay.palette = readPalette(this.canvas)
    this.schedule()
  }

  schedule(): void {
    this.#changed = true
    this.#queue()
  }

  destroy(): void {
    cancelForFrame(this.#draw)
    this.#drawing?.chart.destroy()
  }

  #shown(): ChartSeries[] {
    return this.#model?.series.filter((series) => !this.#hidden.has(series.id)) ?? []
  }

  #queue(): void {
    this.#dirty = true
    if (this.#visible) queueForFrame(this.#draw)
  }

  readonly #draw = (): void => {
    const [drawing, model] = [this.#drawing, this.#model]
    if (!drawing) {
      this.#drawing = this.#make()
      if (this.#drawing) this.#queue()
      return
    }
    this.#dirty = false
    if (!model) return
    const { chart, overlay } = drawing
    const tones = new Map(this.#shown().map((series) => [series.id, series.tone]))
    overlay.crosshair = this.#crosshair?.x ?? null
    overlay.hits = (this.#crosshair?.values ?? []).map(({ id, x, value }) => ({ x, y: value, tone: tones.get(id) ?? 'muted' }))
    overlay.selection = this.#selection
    if (!this.#changed) return chart.draw()
    this.#changed = false
    this.#drawCurves(drawing, model)
  }

  #drawCurves({ chart, overlay }: Drawing, model: ChartModel): void {
    const domain = this.domain()
    const how = { domain, width: this.plotWidth(), smoothing: model.smoothing, palette: overlay.palette }
    // Chart.js draws the first dataset last: what comes later in the model shall lie on top.
    const curves = this.#shown().toReversed().map((series) => this.#curves.of(series, how))
    const { references, markers, dividers, bands = [] } = model
    Object.assign(overlay, { references, markers, dividers, bands, bad: curves.flatMap(({ bad }) => bad) })
    chart.data.datasets = curves.flatMap(({ datasets }) => datasets)
    chart.options = chartOptions(() => this.#model, overlay, () => this.schedule(), domain, extentOf(curves.flatMap(({ datasets }) => datasets)), this.#view !== null)
    chart.update('none')
  }

  /** Null where there is no canvas to draw on. */
  #make(): Drawing | null {
    const context = this.canvas.getContext('2d')
    if (!context) return null
    const overlay: Overlay = { palette: readPalette(this.canvas), references: [], markers: [], dividers: [], bands: [], bad: [], crosshair: null, hits: [], selection: null }
    const options = chartOptions(() => this.#model, overlay, () => this.schedule())
    return { overlay, chart: new Chart(context, { type: 'line', data: { datasets: [] }, options, plugins: [overlayPlugin(overlay)] }) }
  }
}
