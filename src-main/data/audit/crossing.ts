import type { Parts } from '../records/stratified-split'

/** What of the held-out parts stands in the training part too. */
export interface Crossing {
  /** Held-out items whose key some training item has. */
  items: number[]
  /** Their different keys. */
  keys: string[]
  held: number
}

/**
 * Held-out items whose key stands in the training part.
 * @param keys key of each item: its text, its normal form, its group, its hash
 */
export function crossing(keys: readonly string[], { train, validation, test }: Parts): Crossing {
  const trained = new Set(Array.from(train, (index) => keys[index]!))
  const held = [...validation, ...test]
  const items = held.filter((index) => trained.has(keys[index]!))
  return { items, keys: [...new Set(items.map((index) => keys[index]!))], held: held.length }
}
