import type { TokenIds } from '../../engine/training/prepared-data'

/** Room for `length` ids below `vocabulary`, in the narrowest type that holds them. */
export function idsFor(vocabulary: number, length: number): TokenIds {
  if (vocabulary <= 0x100) return new Uint8Array(length)
  return vocabulary <= 0x10000 ? new Uint16Array(length) : new Int32Array(length)
}
