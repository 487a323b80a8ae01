import type { TokenIds } from '../../engine/training/prepared-data'
import { loadTextKernels, putPieces } from './text-kernels'
import type { CountedSymbol, Tokeniser } from './tokeniser'

const codePoints = 0x110000

/**
 * The characters (code points) of a text as tokens: the id of each is its place among those that occur, sorted, as Python's
 * `sorted(set(text))`. Works on UTF-8 bytes that are known to be valid, in WebAssembly (assembly/characters.ts); no string is
 * made of any of them.
 */
export class Characters implements Tokeniser {
  private readonly kernels = loadTextKernels()
  private readonly tableAt = this.kernels.prepareCharacters()
  private found: CountedSymbol[] | null = null
  private numbered = false
  /** Characters counted. */
  length = 0

  /** First pass: counts. @param bytes whole UTF-8 characters */
  count(bytes: Uint8Array): void {
    for (const size of putPieces(this.kernels, bytes)) this.length += this.kernels.countCharacters(size)
  }

  /** The symbols that occurred, in the order of their ids. */
  symbols(): CountedSymbol[] {
    if (this.found !== null) return this.found
    this.kernels.joinCounts()
    const found: CountedSymbol[] = []
    this.table.forEach((count, point) => { if (count > 0) found.push({ symbol: String.fromCodePoint(point), count }) })
    return this.found = found
  }

  /**
   * Second pass: token ids.
   * @param out room for bytes.length ids   @param at where the first goes
   * @returns where the next would go
   */
  encode(bytes: Uint8Array, out: TokenIds, at: number): number {
    const { kernels } = this
    if (!this.numbered) this.number()
    for (const size of putPieces(this.kernels, bytes)) {
      const count = kernels.encodeCharacters(size, out.BYTES_PER_ELEMENT)
      const Ids = out.constructor as new (buffer: ArrayBuffer, at: number, length: number) => TokenIds
      out.set(new Ids(kernels.memory.buffer, kernels.idsAt(), count), at)
      at += count
    }
    return at
  }

  flush(_out: TokenIds, at: number): number { return at }

  private number(): void {
    const symbols = this.symbols()
    const { table } = this
    symbols.forEach(({ symbol }, id) => { table[symbol.codePointAt(0)!] = id })
    this.kernels.prepareIds()
    this.numbered = true
  }

  private get table(): Uint32Array { return new Uint32Array(this.kernels.memory.buffer, this.tableAt, codePoints) }
}
