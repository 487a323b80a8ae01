// The linear memory: constants below `input`, then the bytes of a text that are being worked on, then what a job needs.

const page: usize = 64 * 1024

/** Where the bytes are put that a function is to work on. */
export const input: usize = page
/** The most that may be put there at once. */
export const inputRoom: usize = 256 * 1024
/** Everything from here on is a job's own. Before it, what a word left waiting, and room to read past the end. */
export const free: usize = input + inputRoom + 1024

/** Makes all below this address memory. Pages that are never touched take none of the host's. */
export function reserve(end: usize): void {
  const pages = <i32>((end + page - 1) / page) - memory.size()
  if (pages > 0 && memory.grow(pages) < 0) unreachable()
}
