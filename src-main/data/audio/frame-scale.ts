import type { ColumnScale } from '../series/scaler'
import type { Features } from './features'

/** Mean and standard deviation of each band over all frames of the training part; Welford's update. A constant band gets scale 1. */
export function fitFrameScale(names: readonly string[], training: readonly Features[]): ColumnScale[] {
  const width = names.length
  const [mean, squares] = [new Float64Array(width), new Float64Array(width)]
  let count = 0
  for (const { values, frames } of training) {
    for (let frame = 0; frame < frames; frame++) {
      count++
      for (let band = 0; band < width; band++) {
        const before = values[frame * width + band]! - mean[band]!
        mean[band]! += before / count
        squares[band]! += before * (values[frame * width + band]! - mean[band]!)
      }
    }
  }
  return names.map((column, band) => {
    const deviation = Math.sqrt(squares[band]! / count)
    return { column, offset: mean[band]!, scale: deviation > 1e-6 ? deviation : 1 }
  })
}
