// A few words beside the matrices, of each thread its own: threads share one memory, but not a module's globals.

/** A tile of 6 × 8. */
const EDGE: usize = 6 * 8 * 4
/** Bytes that a thread needs: a tile, and 16 zeros. */
export const SCRATCH: usize = EDGE + 16 * 4

let scratch: usize = 0

/** @param at SCRATCH bytes that no other thread has */
export function useScratch(at: usize): void {
  scratch = at
  memory.fill(at, 0, SCRATCH)
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
