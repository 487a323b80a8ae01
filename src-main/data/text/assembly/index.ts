// What the WebAssembly module exports; see text-kernels.ts for the other side. An instance serves one job, of which each lays
// out the memory for itself, from `input` on.

export { input, inputRoom } from './memory'
export { countBytes, prepareBytes } from './bytes'
export { countCharacters, encodeCharacters, idsAt, joinCounts, prepareCharacters, prepareIds } from './characters'
export { lineBegun, lineLengths, prepareLines } from './lines'
export { cutIntoWords, held, prepareWords } from './words'
export { countsAt, endsAt, size, textsAt } from './table'
