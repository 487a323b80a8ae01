import { bucketBounds, countLengths, paddedTo } from '@shared/model/buckets'
import type { Random } from '../random'

/** Bounds of sequences, and of each of the two sides of pairs, whose programs are the pairs of bounds that occur. */
const [mostBounds, mostBoundsOfPairs] = [6, 3]

/** How the sequences of a part are brought together, so that those of a batch are of similar length. */
export interface Buckets {
  /** What sources and, of pairs, targets are padded to, ascending. */
  readonly bounds: readonly (readonly number[])[]
  /** The bucket of each sequence; neighbours in number are neighbours in length. */
  readonly of: Int32Array
  readonly count: number
}

/**
 * @param lengths of the sequences; of pairs also those of the targets
 * @param batches no more bounds than there are batches
 */
export function bucketsOf(lengths: readonly ArrayLike<number>[], batches: number): Buckets {
  const most = Math.min(batches, lengths.length === 1 ? mostBounds : mostBoundsOfPairs)
  const bounds = lengths.map((side) => bucketBounds(countLengths(side), most))
  const inner = bounds[1]?.length ?? 1
  const of = Int32Array.from(lengths[0]!, (length, index) => {
    const outer = bucketOf(bounds[0]!, length)
    if (!lengths[1]) return outer
    // Back and forth over the inner bounds, so that a batch that falls between two buckets has neighbours in it.
    const within = bucketOf(bounds[1]!, lengths[1][index]!)
    return outer * inner + (outer % 2 === 0 ? within : inner - 1 - within)
  })
  return { bounds, of, count: (bounds[0]?.length ?? 0) * inner }
}

const bucketOf = (bounds: readonly number[], length: number): number => bounds.indexOf(paddedTo(bounds, length))

/** The sequences bucket by bucket, those of one in the order given. */
export function byBucket({ of, count }: Buckets, order: Int32Array): Int32Array {
  const next = new Int32Array(count + 1)
  for (const bucket of of) next[bucket + 1]!++
  for (let bucket = 0; bucket < count; bucket++) next[bucket + 1]! += next[bucket]!
  const sorted = new Int32Array(order.length)
  for (const sequence of order) sorted[next[of[sequence]!]!++] = sequence
  return sorted
}

/**
 * An epoch's order: the sequences shuffled, brought together by bucket, cut into batches, and the batches shuffled. Every
 * sequence comes once; any batch may be the one that is not full.
 * @returns [batches · batch], −1 where a row stays empty
 */
export function bucketedOrder(buckets: Buckets, batch: number, random: Random): Int32Array {
  const count = buckets.of.length
  const batches = Math.ceil(count / batch)
  const sorted = byBucket(buckets, random.permutation(count))
  const partial = random.below(batches)
  const places = random.permutation(batches)
  const order = new Int32Array(batches * batch).fill(-1)
  for (let cut = 0, from = 0; cut < batches; cut++) {
    const to = from + (cut === partial ? count - (batches - 1) * batch : batch)
    order.set(sorted.subarray(from, to), places[cut]! * batch)
    from = to
  }
  return order
}
