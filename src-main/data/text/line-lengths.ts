import type { Lengths } from '@shared/rpc/schemas'
import { countedLengths, lengthsOf } from '../lengths'
import type { TextSource } from './text-source'

const lineFeed = 0x0a
const carriageReturn = 0x0d

/** Lines shorter than this are counted in a table. */
const short = 4096

/** Counts the characters of each line of a text as its UTF-8 bytes pass by; a last line without an end counts too. Line ends are LF or CR LF. */
export class LineLengths {
  private readonly counts = new Uint32Array(short)
  private readonly long = new Map<number, number>()
  /** Characters of the line that has begun, and the last byte so far. */
  private length = 0
  private last = lineFeed

  add(bytes: Uint8Array): void {
    // Where the line began, in characters before these bytes.
    let start = -this.length
    let [last, inner] = [this.last, 0]
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at]!
      if (byte === lineFeed) {
        this.end(at - inner - start - (last === carriageReturn ? 1 : 0))
        start = at + 1 - inner
      }
      // A byte 10xxxxxx goes on with a character.
      inner += byte >>> 7 & ~byte >>> 6
      last = byte
    }
    this.length = bytes.length - inner - start
    this.last = last
  }

  /** Null: the text is empty. */
  get lengths(): Lengths | null {
    const counts = new Map(this.long)
    for (const [length, count] of this.counts.entries()) if (count > 0) counts.set(length, count)
    if (this.last !== lineFeed) counts.set(this.length, (counts.get(this.length) ?? 0) + 1)
    return lengthsOf(counts)
  }

  private end(length: number): void {
    if (length < short) this.counts[length]!++
    else this.long.set(length, (this.long.get(length) ?? 0) + 1)
  }
}

/** How long the files of a folder are, in bytes; null of a single file. */
export const documentLengths = ({ files }: TextSource): Lengths | null => (files.length < 2 ? null : lengthsOf(countedLengths(files.map(({ bytes }) => bytes))))
