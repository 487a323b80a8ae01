import type { Lengths } from '@shared/rpc/schemas'

const mostBins = 40

/** How long things are, from how many there are of each length; null: there are none. */
export function lengthsOf(counts: ReadonlyMap<number, number>): Lengths | null {
  if (counts.size === 0) return null
  let [shortest, longest, count, total] = [Infinity, 0, 0, 0]
  for (const [length, times] of counts) {
    shortest = Math.min(shortest, length)
    longest = Math.max(longest, length)
    count += times
    total += length * times
  }
  const width = Math.max(1, Math.ceil((longest - shortest + 1) / mostBins))
  const lengths = Array.from({ length: Math.ceil((longest - shortest + 1) / width) }, (_, bin) => ({ from: shortest + bin * width, to: Math.min(longest, shortest + (bin + 1) * width - 1), count: 0 }))
  for (const [length, times] of counts) lengths[Math.floor((length - shortest) / width)]!.count += times
  return { count, shortest, longest, mean: total / count, lengths }
}

/** How many there are of each length. */
export function countedLengths(lengths: Iterable<number>): Map<number, number> {
  const counts = new Map<number, number>()
  for (const length of lengths) counts.set(length, (counts.get(length) ?? 0) + 1)
  return counts
}
