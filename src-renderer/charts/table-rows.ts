import { bucketCurve, domainOf } from './bucket'
import type { Domain } from './bucket'
import type { ChartModel } from './chart-model'

export interface ChartRow {
  x: number
  /** By series: last value of the stretch, and its range where it has more than one. */
  cells: Map<string, { last: number; min: number; max: number }>
}

/** A chart as rows: at most `count` stretches of x, each with every series' last, smallest and largest value. */
export function tableRows(model: ChartModel, view: Domain | null, count = 100): ChartRow[] {
  const domain = view ?? domainOf(model.series.map((series) => series.source))
  const breadth = (domain[1] - domain[0]) / count
  const rows = new Map<number, ChartRow>()
  for (const series of model.series) {
    for (const { x, last, min, max } of bucketCurve(series.source, domain, count).buckets) {
      if (x < domain[0] || x > domain[1]) continue
      const key = Math.min(count - 1, Math.floor((x - domain[0]) / breadth))
      const row = rows.get(key) ?? { x, cells: new Map() }
      row.x = Math.max(row.x, x)
      row.cells.set(series.id, { last, min, max })
      rows.set(key, row)
    }
  }
  return [...rows.entries()].sort(([a], [b]) => a - b).map(([, row]) => row)
}
