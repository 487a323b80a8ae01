import { FreeList } from './free-list'
import type { Block } from './handles'
import { blockOf, patternOf, type Work } from './work'

/**
 * Gives each block the lowest place free from its first use to its last; answers with the bytes needed in all.
 * With several threads a place is free again only behind the next barrier, as one thread may be ahead of another; but what
 * a time step leaves is taken over by one of the same shape at once, since there each thread keeps to its own rows.
 */
export function layOut(blocks: ReadonlySet<Block>, order: readonly Work[], segments: readonly number[], threads: number): number {
  for (const [at, { split, reads, writes }] of order.entries()) {
    const byRows = patternOf(split)?.startsWith('batch') === true
    for (const placed of [...reads, ...writes]) {
      const block = placed && blockOf(placed)
      if (!block || !blocks.has(block)) continue
      block.first = Math.min(block.first, at)
      block.last = Math.max(block.last, at)
      if (!byRows) block.rows = null
    }
  }
  const arena = new FreeList(0)
  const starting = new Map<number, Block[]>()
  const ending = new Map<number, Block[]>()
  for (const block of blocks) {
    if (block.first === Infinity) block.first = -1
    push(starting, block.first, block)
    push(ending, block.last, block)
  }
  /** Places that are free behind the next barrier, and those of them that one time step leaves to another. */
  let waiting: number[] = []
  let rows = new Map<string, number[]>()
  const barrier = () => {
    for (const address of [...waiting, ...[...rows.values()].flat()]) arena.give(address)
    waiting = []
    rows = new Map()
  }
  for (let at = -1; at < order.length; at++) {
    if (threads === 1 || (at > 0 && segments[at] !== segments[at - 1])) barrier()
    for (const block of starting.get(at) ?? []) block.address = (block.rows === null ? undefined : rows.get(block.rows)?.pop()) ?? arena.take(block.bytes)
    // A block that no step touches still takes its input.
    for (const block of at < 0 ? [] : ending.get(at) ?? []) {
      if (block.rows === null) waiting.push(block.address)
      else push(rows, block.rows, block.address)
    }
  }
  return arena.end
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}
