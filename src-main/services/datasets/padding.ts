import type { Padding } from '@shared/rpc/schemas'
import { bucketsOf } from '../../engine/training/buckets'
import type { PreparedData } from '../../engine/training/prepared-data'
import { paddedTo } from '@shared/model/buckets'

/**
 * What share of the steps of the training part is padding: with every sequence as long as the longest, and as training does
 * it, padded to the bound of its bucket. A batch between two buckets wastes a little more.
 * @returns null where there is nothing to pad
 */
export function paddingOf(data: PreparedData, batchSize: number): Padding | null {
  if (data.form !== 'sequences' && data.form !== 'pairs') return null
  const sides = data.form === 'pairs' ? [data.train.sourceLengths, data.train.targetLengths] : data.train.lengths === null ? [] : [data.train.lengths]
  const count = data.train.count
  if (sides.length === 0 || count === 0) return null
  const { bounds } = bucketsOf(sides, Math.ceil(count / batchSize))
  let [used, whole, bucketed] = [0, 0, 0]
  for (const [side, lengths] of sides.entries()) {
    const longest = bounds[side]!.at(-1)!
    for (const length of lengths) {
      used += length
      whole += longest
      bucketed += paddedTo(bounds[side]!, length)
    }
  }
  return { whole: 1 - used / whole, bucketed: 1 - used / bucketed, bounds: bounds.map((side) => [...side]) }
}
