import { Chart, Filler, LinearScale, LineController, LineElement, LogarithmicScale, PointElement } from 'chart.js'
import type { ChartDataset } from 'chart.js'
import type { Extent } from './axis-range'
import { domainOf, nearestRow } from './bucket'
import type { Bucket, Domain } from './bucket'
import type { ChartModel, ChartSeries, Readout } from './chart-model'
import { CurveBuckets } from './curve-buckets'
import { cancelDrawing, queueDrawing } from './draw-queue'
import type { CurveSource } from './metric-buffer'
import { chartOptions } from './chart-options'
import { overlayPlugin } from './overlay-plugin'
import type { Overlay } from './overlay-plugin'
import { readPalette, withAlpha } from './palette'
import { Smoothing } from './smoothing'

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale, Filler)

type LineDataset = ChartDataset<'line', { x: number; y: number }[]>

/**
 * Draws a model on a canvas with Chart.js, at most once a frame and only while it can be seen; where only the crosshair
 * moved, the curves are drawn as they are. Holds no more points than
 * the canvas has pixels; nothing in it is reactive.
 */
export class LineChartEngine {
  readonly #chart: Chart<'line', { x: number; y: number }[]> | null
  readonly #overlay: Overlay
  readonly #smoothed = new Map<string, Smoothing>()
  readonly #buckets = new Map<string, CurveBuckets>()
  #model: ChartModel | null = null
  #hidden: ReadonlySet<string> = new Set()
  #view: Domain | null = null
  #visible = true
  #dirty = false
  /** The curves or the axes changed, not only what lies over them. */
  #changed = true

  constructor(readonly canvas: HTMLCanvasElement, readonly onDrawn: () => void = () => {}) {
    this.#overlay = { palette: readPalette(canvas), references: [], markers: [], dividers: [], bad: [], crosshair: null, hits: [], selection: null }
    const context = canvas.getContext('2d')
    this.#chart = context && new Chart(context, {
      type: 'line',
      data: { datasets: [] },
      options: chartOptions(() => this.#model, this.#overlay, () => this.schedule()),
      plugins: [overlayPlugin(this.#overlay)],
    })
  }

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
    const area = this.#chart?.chartArea
    const [low, high] = this.domain()
    if (!area || area.width <= 0) return low
    return low + Math.min(1, Math.max(0, (pixel - area.left) / area.width)) * (high - low)
  }

  /** Breadth of the plot in CSS pixels. */
  plotWidth(): number {
    return Math.max(1, Math.round(this.#chart?.chartArea?.width ?? this.canvas.clientWidth ?? 1))
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
    const tones = new Map(this.#shown().map((series) => [series.id, series.tone]))
    this.#overlay.crosshair = readout?.x ?? null
    this.#overlay.hits = (readout?.values ?? []).map(({ id, x, value }) => ({ x, y: value, tone: tones.get(id) ?? 'muted' }))
    this.#queue()
  }

  setSelection(selection: Domain | null): void {
    this.#overlay.selection = selection
    this.#queue()
  }

  setVisible(visible: boolean): void {
    this.#visible = visible
    if (visible && this.#dirty) this.#queue()
  }

  refreshTheme(): void {
    this.#overlay.palette = readPalette(this.canvas)
    this.schedule()
  }

  schedule(): void {
    this.#changed = true
    this.#queue()
  }

  destroy(): void {
    cancelDrawing(this.#draw)
    this.#chart?.destroy()
  }

  #shown(): ChartSeries[] {
    return this.#model?.series.filter((series) => !this.#hidden.has(series.id)) ?? []
  }

  #queue(): void {
    this.#dirty = true
    if (this.#visible) queueDrawing(this.#draw)
  }

  readonly #draw = (): void => {
    this.#dirty = false
    const [chart, model] = [this.#chart, this.#model]
    if (!chart || !model) return
    if (!this.#changed) return chart.draw()
    this.#changed = false
    const domain = this.domain()
    this.#overlay.references = model.references
    this.#overlay.markers = model.markers
    this.#overlay.dividers = model.dividers
    this.#overlay.bad = []
    // Chart.js draws the first dataset last: what comes later in the model shall lie on top.
    chart.data.datasets = this.#shown().toReversed().flatMap((series) => this.#datasets(series, domain, model.smoothing))
    chart.options = chartOptions(() => this.#model, this.#overlay, () => this.schedule(), domain, extentOf(chart.data.datasets), this.#view !== null)
    chart.update('none')
    this.onDrawn()
  }

  #datasets(series: ChartSeries, domain: Domain, smoothing: number): LineDataset[] {
    const { palette } = this.#overlay
    const colour = palette.tone(series.tone)
    const width = this.plotWidth()
    // Two pixels a bucket: strokes cost by their number where no GPU draws them, and every extreme is kept all the same.
    const count = Math.ceil(width / 2)
    const { buckets, bad } = this.#bucketed(series.id, series.source, domain, count)
    this.#overlay.bad.push(...bad.map((x) => ({ x, tone: series.tone })))
    const smoothed = series.smooth === true && smoothing > 0
    const datasets: LineDataset[] = []
    if (smoothed) {
      const averages = this.#smooth(series.id, series.source, smoothing).of(buckets.map(({ row }) => row))
      datasets.push({ ...bare, data: buckets.map(({ x }, index) => ({ x, y: averages[index]! })), borderWidth: 1.8, borderColor: colour })
    }
    const dots = series.dots === true && buckets.length < width / 8
    datasets.push({
      ...bare, data: points(buckets, 'last'), borderWidth: smoothed ? 1 : 1.6, borderColor: smoothed ? withAlpha(colour, 0.35) : colour,
      ...(dots ? { clip: 4 } : {}), borderDash: series.dashed ? [5, 4] : [], pointRadius: dots ? 2.5 : 0, pointBackgroundColor: colour,
    })
    if (buckets.some((bucket) => bucket.min < bucket.max)) {
      datasets.push(
        { ...bare, data: points(buckets, 'max'), fill: '+1', backgroundColor: withAlpha(colour, smoothed ? 0.14 : 0.22) },
        { ...bare, data: points(buckets, 'min') },
      )
    }
    return datasets
  }

  #bucketed(id: string, source: CurveSource, domain: Domain, count: number) {
    let buckets = this.#buckets.get(id)
    if (!buckets) this.#buckets.set(id, buckets = new CurveBuckets())
    return buckets.update(source, domain, count)
  }

  #smooth(id: string, { y }: CurveSource, weight: number): Smoothing {
    let known = this.#smoothed.get(id)
    if (known?.source !== y || known.weight !== weight) this.#smoothed.set(id, known = new Smoothing(y, weight))
    return known
  }
}

function extentOf(datasets: readonly { data: readonly unknown[] }[]): Extent | null {
  let [low, high] = [Infinity, -Infinity]
  for (const { data } of datasets) {
    for (const { y } of data as readonly { y: number }[]) {
      if (y < low) low = y
      if (y > high) high = y
    }
  }
  return low <= high ? [low, high] : null
}

const bare = { borderWidth: 0, pointRadius: 0, fill: false as const, tension: 0 }

const points = (buckets: readonly Bucket[], key: 'last' | 'min' | 'max') => buckets.map((bucket) => ({ x: bucket.x, y: bucket[key] }))
