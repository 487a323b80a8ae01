import { loadTextKernels, putPieces } from './text-kernels'
import { classOf } from './word-rule'

/**
 * Cuts UTF-8 into words, numbers each by when it was first met, from 1, and counts it: all in WebAssembly (assembly/words.ts,
 * assembly/table.ts), without a string until the end. After 2²⁰ different ones, new ones are number 0.
 */
export class WordTable {
  private readonly kernels = loadTextKernels({ classOf })
  private readonly numbersAt = this.kernels.prepareWords()

  /** Different words met. */
  get size(): number { return this.kernels.size() }

  /** How often each was met, by number; the first is that of those too many to tell apart. */
  get counts(): Uint32Array { return new Uint32Array(this.kernels.memory.buffer, this.kernels.countsAt(), this.size + 1) }

  /** Each as text, by number; the first of them is number 1. */
  words(): string[] {
    const { kernels: { memory, endsAt, textsAt }, size } = this
    const ends = new Uint32Array(memory.buffer, endsAt(), size + 1)
    const texts = Buffer.from(memory.buffer, textsAt())
    return Array.from({ length: size }, (_, at) => texts.toString('utf8', ends[at], ends[at + 1]))
  }

  /**
   * The numbers of words that end in these bytes, valid until the next are asked for; what may go on waits for more.
   * @param bytes whole characters   @param learning new words are learnt and all are counted; else new ones are number 0
   */
  *cut(bytes: Uint8Array, learning: boolean): Generator<Int32Array, void, void> {
    for (const size of putPieces(this.kernels, bytes)) yield this.numbers(size, false, learning)
  }

  /** What waited: no more bytes follow. */
  end(learning: boolean): Int32Array { return this.numbers(0, true, learning) }

  private numbers(size: number, last: boolean, learning: boolean): Int32Array {
    const count = this.kernels.cutIntoWords(size, last, learning)
    return new Int32Array(this.kernels.memory.buffer, this.numbersAt, count)
  }
}
