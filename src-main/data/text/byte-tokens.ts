import type { TokenIds } from '../../engine/training/prepared-data'
import { loadTextKernels, putPieces } from './text-kernels'
import type { CountedSymbol, Tokeniser } from './tokeniser'

/** ASCII as it is, other bytes as "0xE9": by themselves they are no characters. */
export const byteSymbols: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  (byte < 0x80 ? String.fromCharCode(byte) : `0x${byte.toString(16).toUpperCase()}`))

/** The bytes of a file as tokens: 256 of them, each its own id, whether it occurs or not. */
export class ByteTokens implements Tokeniser {
  private readonly kernels = loadTextKernels()
  private readonly countsAt = this.kernels.prepareBytes()
  length = 0

  count(bytes: Uint8Array): void {
    for (const size of putPieces(this.kernels, bytes)) this.kernels.countBytes(size)
    this.length += bytes.length
  }

  symbols(): CountedSymbol[] {
    const counts = new Uint32Array(this.kernels.memory.buffer, this.countsAt, 256)
    return byteSymbols.map((symbol, byte) => ({ symbol, count: counts[byte]! }))
  }

  encode(bytes: Uint8Array, out: TokenIds, at: number): number {
    out.set(bytes, at)
    return at + bytes.length
  }

  flush(_out: TokenIds, at: number): number { return at }
}
