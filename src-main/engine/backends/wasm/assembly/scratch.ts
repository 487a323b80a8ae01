// A few words beside the matrices, of each thread its own: threads share one memory, but not a module's globals.

/** Bytes that a thread needs: a tile of 4 × 8 and 16 zeros. */
export const SCRATCH: usize = 4 * 8 * 4 + 16 * 4

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
  return scratch + 4 * 8 * 4
}
