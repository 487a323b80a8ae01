import { basename } from 'node:path'
import { UnrollError } from '@shared/errors'
import { chunksOf } from '../files'
import type { ReadOptions } from '../prepared-dataset'
import { encodingName, type Encoding } from './encodings'

/** The code points of Windows-1252's bytes 0x80 to 0x9F; 0 where it has none. @see https://encoding.spec.whatwg.org/#windows-1252 */
const windows1252 = [
  0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0,
  0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178,
]

/**
 * A file in another encoding as UTF-8 bytes, each chunk whole characters; a byte order mark is left out. The platform's
 * TextDecoder isn't used: Node 20's reads Windows-1252 as Latin-1, and none says in which line it failed.
 * @throws UnrollError `dataset.encoding`, `dataset.binary` with line and column (character in the line, from 1)
 */
export async function* decodedChunks(path: string, encoding: Exclude<Encoding, 'utf-8'>, options: ReadOptions, rows: () => number): AsyncGenerator<Uint8Array, void, void> {
  const decoder = encoding === 'windows-1252' || encoding === 'iso-8859-1' ? new SingleBytes(path, encoding) : new Utf16(path, encoding)
  let out = new Uint8Array(0)
  for await (const chunk of chunksOf(path, options, rows)) {
    if (out.length < 3 * chunk.length + 4) out = new Uint8Array(3 * chunk.length + 4)
    const end = decoder.decode(chunk, out)
    if (end > 0) yield out.subarray(0, end)
  }
  decoder.end()
}

abstract class Decoder {
  private line = 1
  private column = 1

  constructor(protected readonly path: string, protected readonly encoding: Encoding) {}

  /** @param out room for 3 bytes a byte and 4 more   @returns the bytes written */
  abstract decode(chunk: Uint8Array, out: Uint8Array): number

  /** Call when the file has ended: a character may be cut off. */
  end(): void {}

  protected put(point: number, out: Uint8Array, at: number): number {
    if (point === 0) throw this.binary()
    if (point === 0x0a) {
      this.line++
      this.column = 1
    } else this.column++
    if (point < 0x80) out[at++] = point
    else if (point < 0x800) {
      out[at++] = 0xc0 | point >> 6
      out[at++] = 0x80 | point & 0x3f
    } else if (point < 0x10000) {
      out[at++] = 0xe0 | point >> 12
      out[at++] = 0x80 | point >> 6 & 0x3f
      out[at++] = 0x80 | point & 0x3f
    } else {
      out[at++] = 0xf0 | point >> 18
      out[at++] = 0x80 | point >> 12 & 0x3f
      out[at++] = 0x80 | point >> 6 & 0x3f
      out[at++] = 0x80 | point & 0x3f
    }
    return at
  }

  protected wrong(what: string): UnrollError {
    const { path, line, column } = this
    return new UnrollError('dataset.encoding', `${basename(path)} isn't ${encodingName({ encoding: this.encoding, byteOrderMark: false })}: ${what} at line ${line}, column ${column} stands for no character in it.`, {
      hint: 'Choose another encoding, or save the file as UTF-8.', where: { file: path, line, column },
    })
  }

  private binary(): UnrollError {
    const { path, line, column } = this
    return new UnrollError('dataset.binary', `${basename(path)} isn't text: it has a NUL character at line ${line}, column ${column}, as binary files have.`, { hint: 'Choose a plain text file, or another encoding.', where: { file: path, line, column } })
  }
}

class SingleBytes extends Decoder {
  private readonly points = Int32Array.from({ length: 256 }, (_, byte) => (this.encoding === 'windows-1252' && byte >= 0x80 && byte < 0xa0 ? windows1252[byte - 0x80]! || -1 : byte))

  decode(chunk: Uint8Array, out: Uint8Array): number {
    let at = 0
    for (let index = 0; index < chunk.length; index++) {
      const point = this.points[chunk[index]!]!
      if (point < 0) throw this.wrong(`byte 0x${chunk[index]!.toString(16).toUpperCase()}`)
      at = this.put(point, out, at)
    }
    return at
  }
}

class Utf16 extends Decoder {
  /** The first byte of a unit whose second is in the next chunk; -1: none. */
  private half = -1
  /** The first of two surrogates; 0: none. */
  private high = 0
  private started = false

  decode(chunk: Uint8Array, out: Uint8Array): number {
    const [left, right] = this.encoding === 'utf-16le' ? [0, 8] : [8, 0]
    let at = 0
    let index = 0
    if (this.half >= 0 && chunk.length > 0) at = this.unit(this.half << left | chunk[index++]! << right, out, at)
    for (; index + 1 < chunk.length; index += 2) at = this.unit(chunk[index]! << left | chunk[index + 1]! << right, out, at)
    this.half = index < chunk.length ? chunk[index]! : -1
    return at
  }

  override end(): void {
    if (this.half >= 0) throw this.wrong('half a character, with which the file ends,')
    if (this.high > 0) throw this.wrong('half a pair of surrogates, with which the file ends,')
  }

  private unit(unit: number, out: Uint8Array, at: number): number {
    if (!this.started) {
      this.started = true
      if (unit === 0xfeff) return at
    }
    const low = unit >= 0xdc00 && unit <= 0xdfff
    if (this.high > 0 !== low) throw this.wrong(`the lone surrogate 0x${(this.high || unit).toString(16).toUpperCase()}`)
    if (low) {
      const point = 0x10000 + (this.high - 0xd800 << 10) + (unit - 0xdc00)
      this.high = 0
      return this.put(point, out, at)
    }
    if (unit >= 0xd800 && unit <= 0xdbff) {
      this.high = unit
      return at
    }
    return this.put(unit, out, at)
  }
}
