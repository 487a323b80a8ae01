import { basename } from 'node:path'
import { UnrollError } from '@shared/errors'

/**
 * Strict UTF-8 (RFC 3629) a chunk at a time: no overlong forms, no surrogates, nothing above U+10FFFF. Knows the line
 * and the byte within it, so that a bad byte can be found in an editor. A byte order mark at the start is dropped;
 * line ends are kept as they are.
 */
export class Utf8Decoder {
  /** The file started with a byte order mark. */
  byteOrderMark = false
  /** Bytes of the file so far. */
  bytes = 0
  private line = 1
  private lineStart = 0
  /** Continuation bytes still missing, the code point so far, and the range allowed for the next byte. */
  private missing = 0
  private code = 0
  private least = 0x80
  private most = 0xbf
  private sequenceStart = 0

  constructor(private readonly file: string) {}

  /**
   * Appends the code points of a chunk.
   * @param out room for chunk.length more   @param at where to write the first
   * @returns   where the next would go
   * @throws UnrollError `dataset.not-utf8` with line and column (byte within the line, from 1), `dataset.binary`
   */
  decode(chunk: Uint8Array, out: Int32Array, at: number): number {
    for (let index = 0; index < chunk.length; index++) {
      const byte = chunk[index]!
      if (this.missing === 0) {
        if (byte < 0x80) {
          if (byte === 0x0a) {
            this.line++
            this.lineStart = this.bytes + index + 1
          } else if (byte === 0) throw this.binary(this.bytes + index)
          out[at++] = byte
          continue
        }
        this.begin(byte, this.bytes + index, chunk[index + 1])
        continue
      }
      if (byte < this.least || byte > this.most) throw this.notUtf8(this.sequenceStart)
      this.least = 0x80
      this.most = 0xbf
      this.code = (this.code << 6) | (byte & 0x3f)
      if (--this.missing > 0) continue
      if (this.code === 0xfeff && this.sequenceStart === 0) this.byteOrderMark = true
      else out[at++] = this.code
    }
    this.bytes += chunk.length
    return at
  }

  /** Call when the file has ended: a character may be cut off. */
  end(): void {
    if (this.missing > 0) throw this.notUtf8(this.sequenceStart)
  }

  private begin(byte: number, offset: number, next: number | undefined): void {
    this.sequenceStart = offset
    if (byte >= 0xc2 && byte <= 0xdf) {
      this.missing = 1
      this.code = byte & 0x1f
    } else if (byte >= 0xe0 && byte <= 0xef) {
      this.missing = 2
      this.code = byte & 0x0f
      if (byte === 0xe0) this.least = 0xa0
      if (byte === 0xed) this.most = 0x9f
    } else if (byte >= 0xf0 && byte <= 0xf4) {
      this.missing = 3
      this.code = byte & 0x07
      if (byte === 0xf0) this.least = 0x90
      if (byte === 0xf4) this.most = 0x8f
    } else throw this.notUtf8(offset, byte, next)
  }

  private place(offset: number) {
    return { file: this.file, line: this.line, column: offset - this.lineStart + 1 }
  }

  private notUtf8(offset: number, byte?: number, next?: number): UnrollError {
    const name = basename(this.file)
    const where = this.place(offset)
    if (offset === 0 && ((byte === 0xff && next === 0xfe) || (byte === 0xfe && next === 0xff))) {
      const order = byte === 0xff ? 'little-endian' : 'big-endian'
      return new UnrollError('dataset.not-utf8', `${name} is UTF-16 (${order}), as its byte order mark at line 1, column 1 says; UTF-8 was expected.`, {
        hint: 'Save it as UTF-8: in most editors under "Save as", encoding UTF-8.', where,
      })
    }
    const what = byte === undefined ? 'the bytes' : `byte 0x${byte.toString(16).toUpperCase().padStart(2, '0')}`
    return new UnrollError('dataset.not-utf8', `${name} isn't UTF-8: ${what} at line ${where.line}, column ${where.column} (byte ${offset} of the file) ${byte === undefined ? 'aren\'t' : 'isn\'t'} a UTF-8 character.`, {
      hint: 'Save the file as UTF-8: in most editors under "Save as", encoding UTF-8. Older files are often Windows-1252 or Latin-1.', where,
    })
  }

  private binary(offset: number): UnrollError {
    const where = this.place(offset)
    return new UnrollError('dataset.binary', `${basename(this.file)} isn't text: it has a NUL byte at line ${where.line}, column ${where.column} (byte ${offset} of the file), as binary files and UTF-16 have.`, {
      hint: 'Choose a plain text file; if this one is UTF-16, save it as UTF-8 first.', where,
    })
  }
}
