// How much of a matrix the products take at a time, so that it stays in a cache while they go over it.

/** Steps of the sum: 8 columns · 256 · 4 bytes = 8 KiB of B, within the smallest first-level caches. */
export const DEPTH: usize = 256
/** Rows of A (whole panels of D): 132 · 256 · 4 bytes = 132 KiB, within the second level. */
export const ROWS: usize = 132
/** From row to row where rows are laid out anew, bytes: a line more than they hold, as a power of two apart they meet in the same few lines. */
export const STAGED_ROW: usize = DEPTH * 4 + 64
