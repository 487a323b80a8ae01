import type { Block } from './handles'

/** What a step says about how its work may be shared, and what it touches. */
export interface Access {
  /**
   * Steps of one pattern give each thread the same part of what they touch, so that one follows the other without a
   * barrier. Null: of no other's.
   */
  pattern: string | null
  reads: readonly Block[]
  writes: readonly Block[]
}

/** Latest segments in which a block was touched, by pattern. */
interface Touched {
  read: Map<string, number>
  written: Map<string, number>
}

/**
 * The earliest segment for each step, in the order in which they were recorded: within a segment no thread may read or
 * write what another writes.
 * @param first number of the first segment
 */
export function segmentsOf(steps: readonly Access[], first = 0): number[] {
  const blocks = new Map<Block, Touched>()
  const touched = (block: Block): Touched => {
    const known = blocks.get(block) ?? { read: new Map<string, number>(), written: new Map<string, number>() }
    blocks.set(block, known)
    return known
  }
  return steps.map(({ pattern, reads, writes }, index) => {
    const own = pattern ?? `step ${index}`
    let segment = first
    const behind = (others: Map<string, number>) => {
      for (const [other, at] of others) segment = Math.max(segment, other === own ? at : at + 1)
    }
    for (const block of reads) behind(touched(block).written)
    for (const block of writes) {
      behind(touched(block).written)
      behind(touched(block).read)
    }
    const note = (map: Map<string, number>) => { map.set(own, Math.max(segment, map.get(own) ?? 0)) }
    for (const block of reads) note(touched(block).read)
    for (const block of writes) note(touched(block).written)
    return segment
  })
}
