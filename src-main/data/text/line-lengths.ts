import type { Lengths } from '@shared/rpc/schemas'
import { countedLengths, lengthsOf } from '../lengths'
import { loadTextKernels, putPieces } from './text-kernels'
import type { TextSource } from './text-source'

const lineFeed = 0x0a

/** Lines shorter than this are counted in a table. */
const short = 4096

/** Counts the characters of each line of a text as its UTF-8 bytes pass by; a last line without an end counts too. Line ends are LF or CR LF. */
export class LineLengths {
  private readonly kernels = loadTextKernels()
  private readonly lengthsAt = this.kernels.prepareLines()
  private readonly counts = new Uint32Array(short)
  private readonly long = new Map<number, number>()
  private last = lineFeed

  add(bytes: Uint8Array): void {
    const { kernels } = this
    for (const size of putPieces(kernels, bytes)) {
      const ended = new Uint32Array(kernels.memory.buffer, this.lengthsAt, kernels.lineLengths(size))
      for (let at = 0; at < ended.length; at++) this.end(ended[at]!)
    }
    this.last = bytes.at(-1) ?? this.last
  }

  /** Null: the text is empty. */
  get lengths(): Lengths | null {
    const counts = new Map(this.long)
    for (const [length, count] of this.counts.entries()) if (count > 0) counts.set(length, count)
    const begun = this.kernels.lineBegun()
    if (this.last !== lineFeed) counts.set(begun, (counts.get(begun) ?? 0) + 1)
    return lengthsOf(counts)
  }

  private end(length: number): void {
    if (length < short) this.counts[length]!++
    else this.long.set(length, (this.long.get(length) ?? 0) + 1)
  }
}

/** How long the files of a folder are, in bytes; null of a single file. */
export const documentLengths = ({ files }: TextSource): Lengths | null => (files.length < 2 ? null : lengthsOf(countedLengths(files.map(({ bytes }) => bytes))))
