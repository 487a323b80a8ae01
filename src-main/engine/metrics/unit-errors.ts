import type { Batch } from '../training/batches'
import type { StreamPart } from '../training/prepared-data'
import { expOf, type LogKind } from '../series/transforms'
import { ForecastErrors } from './regression'

/** What turns the first target's outputs into its own units: y = exp(y'·scale + offset + base), exp the inverse of its log. */
export interface UnitMeasure { offset: number; scale: number; log?: LogKind | undefined }

/** The errors of a part's outputs, the first target column in its own units. */
export class UnitErrors {
  readonly errors = new ForecastErrors()
  private scaled = 0
  private scaledCount = 0

  /** @param stream where the batches are of a stream, its part */
  constructor(private readonly measure: UnitMeasure & { naiveError?: number | null }, private readonly stream: Pick<StreamPart, 'bases' | 'naiveErrors' | 'starts'> | null, private readonly lastStep: boolean) {}

  add({ y, lengths, rows, steps }: Batch, outputs: Float32Array, width: number): void {
    const { bases, naiveErrors } = this.stream ?? {}
    const { offset, scale, log = 'none' } = this.measure
    for (let row = 0; row < lengths.length; row++) {
      if (lengths[row] === 0) continue
      const place = rows?.[row] ?? 0
      const naive = naiveErrors ? naiveErrors[this.seriesAt(place)]! : NaN
      for (let step = 0; step < (this.lastStep ? 1 : Math.min(steps, lengths[row]!)); step++) {
        const at = (step * lengths.length + row) * width
        const base = offset + (bases?.[place + step] ?? 0)
        const [actual, predicted] = [expOf(log, y[at]! * scale + base), expOf(log, outputs[at]! * scale + base)]
        this.errors.add(actual, predicted)
        if (naive > 0) {
          this.scaled += Math.abs(actual - predicted) / naive
          this.scaledCount++
        }
      }
    }
  }

  scores(): { error: number; rmse: number; smape: number; mase?: number } {
    const { mae, rmse, smape } = this.errors
    const naive = this.measure.naiveError ?? null
    const mase = naive !== null ? this.errors.mase(naive) : this.scaledCount > 0 ? this.scaled / this.scaledCount : null
    return { error: mae, rmse, smape, ...(mase !== null && { mase }) }
  }

  private seriesAt(row: number): number {
    const starts = this.stream?.starts
    if (!starts) return 0
    let [low, high] = [0, starts.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (starts[middle]! <= row) low = middle
      else high = middle - 1
    }
    return low
  }
}
