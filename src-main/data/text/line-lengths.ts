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
    // Where the line began, in characters before these bytes; and bytes that go on with a character.
    let [start, inner] = [-this.length, 0]
    for (let at = 0; at < bytes.length; at++) {
      // Four at a time as long as no line ends.
      for (; at + 4 < bytes.length; at += 4) {
        const a = bytes[at]!, b = bytes[at + 1]!, c = bytes[at + 2]!, d = bytes[at + 3]!
        if (a === lineFeed || b === lineFeed || c === lineFeed || d === lineFeed) break
        inner += goesOn(a) + goesOn(b) + goesOn(c) + goesOn(d)
      }
      const byte = bytes[at]!
      inner += goesOn(byte)
      if (byte !== lineFeed) continue
      const before = at > 0 ? bytes[at - 1] : this.last
      this.end(at - inner - start - (before === carriageReturn ? 1 : 0))
      start = at + 1 - inner
    }
    this.length = bytes.length - inner - start
    this.last = bytes.at(-1) ?? this.last
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

/** 1 of a byte 10xxxxxx. */
const goesOn = (byte: number): number => byte >>> 7 & ~byte >>> 6

/** How long the files of a folder are, in bytes; null of a single file. */
export const documentLengths = ({ files }: TextSource): Lengths | null => (files.length < 2 ? null : lengthsOf(countedLengths(files.map(({ bytes }) => bytes))))
