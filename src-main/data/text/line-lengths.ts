import type { Lengths } from '@shared/rpc/schemas'
import { countedLengths, lengthsOf } from '../lengths'
import type { TextSource } from './text-source'

const lineFeed = 0x0a
const carriageReturn = 0x0d

/** Counts the characters of each line of a text as its UTF-8 bytes pass by; a last line without an end counts too. */
export class LineLengths {
  private readonly counts = new Map<number, number>()
  private length = 0
  private last = lineFeed

  add(bytes: Uint8Array): void {
    let length = this.length
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at]!
      if (byte === lineFeed) {
        this.end(length)
        length = 0
      } else if ((byte & 0xc0) !== 0x80 && byte !== carriageReturn) length++
    }
    this.length = length
    this.last = bytes.at(-1) ?? this.last
  }

  /** Null: the text is empty. */
  get lengths(): Lengths | null {
    if (this.last === lineFeed) return lengthsOf(this.counts)
    return lengthsOf(new Map(this.counts).set(this.length, (this.counts.get(this.length) ?? 0) + 1))
  }

  private end(length: number): void { this.counts.set(length, (this.counts.get(length) ?? 0) + 1) }
}

/** How long the files of a folder are, in bytes; null of a single file. */
export const documentLengths = ({ files }: TextSource): Lengths | null => (files.length < 2 ? null : lengthsOf(countedLengths(files.map(({ bytes }) => bytes))))
