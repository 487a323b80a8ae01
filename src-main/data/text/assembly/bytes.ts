import { free, input, reserve } from './memory'

/** How often each byte was met, uint32. */
const table: usize = free
const parts: usize = table + 4 * 256

/** @returns where the counts will be */
export function prepareBytes(): usize {
  reserve(parts + 4 * 4 * 256)
  return table
}

/** Counts the `count` bytes at `input`. */
export function countBytes(count: u32): void {
  countEach(input, count, parts, 256)
  joinTables(parts, 256, table)
}

/** Counts bytes below `size`, in four tables of so many uint32: so a run of one byte doesn't wait for its own count. */
// @ts-ignore: decorator
@inline
export function countEach(at: usize, length: usize, tables: usize, size: usize): void {
  const end = at + length
  const whole = end - 3
  for (; at < whole; at += 4) {
    more(tables + 4 * load<u8>(at))
    more(tables + 4 * size + 4 * load<u8>(at, 1))
    more(tables + 8 * size + 4 * load<u8>(at, 2))
    more(tables + 12 * size + 4 * load<u8>(at, 3))
  }
  for (; at < end; at++) more(tables + 4 * load<u8>(at))
}

/** Adds the four tables to another, and empties them. */
export function joinTables(tables: usize, size: usize, into: usize): void {
  for (let at: usize = 0; at < 4 * size; at++) {
    const from = tables + 4 * at
    const to = into + 4 * (at & (size - 1))
    store<u32>(to, load<u32>(to) + load<u32>(from))
    store<u32>(from, 0)
  }
}

// @ts-ignore: decorator
@inline
export function more(at: usize): void { store<u32>(at, load<u32>(at) + 1) }
