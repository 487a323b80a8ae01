// What lies beside the matrices, of each thread its own: threads share one memory, but not a module's globals.

import { ROWS, STAGED_ROW } from './blocks'

/** A tile of 6 × 8. */
const EDGE: usize = 6 * 8 * 4
const ZEROS: usize = 16 * 4
/** Rows of A that a product lays out anew. */
const STAGED: usize = ROWS * STAGED_ROW
/** Bytes that a thread needs: a tile, 16 zeros, and those rows. */
export const SCRATCH: usize = EDGE + ZEROS + STAGED

let scratch: usize = 0

/** @param at SCRATCH bytes that no other thread has */
export function useScratch(at: usize): void {
  scratch = at
  memory.fill(at, 0, EDGE + ZEROS)
}

export function scratchBytes(): usize {
  return SCRATCH
}

// @ts-ignore: decorator
@inline
export function edgeAt(): usize {
  return scratch
}

// @ts-ignore: decorator
@inline
export function zerosAt(): usize {
  return scratch + EDGE
}

// @ts-ignore: decorator
@inline
export function stagedAt(): usize {
  return scratch + EDGE + ZEROS
}
