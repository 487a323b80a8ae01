import type { ChartDataset } from 'chart.js'
import type { Extent } from './axis-range'
import type { Bucket, Domain } from './bucket'
import type { ChartSeries, Tone } from './chart-model'
import { CurveBuckets } from './curve-buckets'
import { type Palette, withAlpha } from './palette'
import { Smoothing } from './smoothing'

export type Points = { x: number; y: number }[]
export type LineDataset = ChartDataset<'line', Points>

/** How curves shall be drawn. */
export interface Drawn {
  domain: Domain
  /** Breadth of the plot in CSS pixels. */
  width: number
  /** w of the moving average; 0: none. */
  smoothing: number
  palette: Palette
}

/** Curves as Chart.js draws them: a line, the band of its extremes, its moving average. What one drawing worked out serves the next. */
export class CurveDatasets {
  readonly #buckets = new Map<string, CurveBuckets>()
  readonly #smoothings = new Map<string, Smoothing>()

  /** Chart.js draws the first dataset last: the moving average lies on top. `bad`: where values are NaN or infinite. */
  of(series: ChartSeries, { domain, width, smoothing, palette }: Drawn): { datasets: LineDataset[]; bad: { x: number; tone: Tone }[] } {
    const colour = series.strength === undefined ? palette.tone(series.tone) : withAlpha(palette.tone(series.tone), series.strength)
    // Two pixels a bucket: strokes cost by their number where no GPU draws them, and every extreme is kept all the same.
    const { buckets, bad } = this.#bucketed(series).update(series.source, domain, Math.ceil(width / 2))
    const smoothed = series.smooth === true && smoothing > 0
    const datasets: LineDataset[] = []
    if (smoothed) {
      const averages = this.#smooth(series, smoothing).of(buckets.map(({ row }) => row))
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
    return { datasets, bad: bad.map((x) => ({ x, tone: series.tone })) }
  }

  #bucketed({ id }: ChartSeries): CurveBuckets {
    let buckets = this.#buckets.get(id)
    if (!buckets) this.#buckets.set(id, buckets = new CurveBuckets())
    return buckets
  }

  #smooth({ id, source: { y } }: ChartSeries, weight: number): Smoothing {
    let known = this.#smoothings.get(id)
    if (known?.source !== y || known.weight !== weight) this.#smoothings.set(id, known = new Smoothing(y, weight))
    return known
  }
}

/** Lowest and highest value of what is drawn; null where there is nothing. */
export function extentOf(datasets: readonly LineDataset[]): Extent | null {
  let [low, high] = [Infinity, -Infinity]
  for (const { data } of datasets) {
    for (const { y } of data) {
      if (y < low) low = y
      if (y > high) high = y
    }
  }
  return low <= high ? [low, high] : null
}

const bare = { borderWidth: 0, pointRadius: 0, fill: false as const, tension: 0 }

const points = (buckets: readonly Bucket[], key: 'last' | 'min' | 'max'): Points => buckets.map((bucket) => ({ x: bucket.x, y: bucket[key] }))
