import type { FileHandle } from 'node:fs/promises'
import { physical } from './column-kind'
import { decompress } from './decompress'
import type { ParquetChunk, ParquetColumn } from './footer'
import { bitsFor, presentAt, readHybrid } from './levels'
import { meaningOf, spread, type PageValues } from './page-values'
import { deltaLong, deltaWhole } from './delta-values'
import { ParquetFault, ParquetUnread } from './parquet-errors'
import { deltaTexts, plainValues, splitValues, type RawValues } from './raw-values'
import { numberAt, OutOfBytes, structAt, ThriftReader, type ThriftStruct } from './thrift'

/** A page is in memory as a whole; writers make them of a megabyte or so. */
const mostPageBytes = 256 * 1024 * 1024
const mostPageValues = 20_000_000
const firstLook = 16 * 1024

const pages = { data: 0, index: 1, dictionary: 2, dataV2: 3 } as const
const encodings = { plain: 0, plainDictionary: 2, rle: 3, delta: 5, deltaLength: 6, deltaTexts: 7, dictionary: 8, split: 9 } as const

/** The pages of one column of one row group, one after the other; only the page under way is in memory. */
export class ChunkReader {
  private at: number
  private readonly end: number
  private left: number
  private dictionary: PageValues | null = null
  private window: Buffer = Buffer.alloc(0)
  private windowAt = 0

  constructor(private readonly file: FileHandle, private readonly column: ParquetColumn, private readonly chunk: ParquetChunk) {
    this.at = chunk.from
    this.end = chunk.from + chunk.bytes
    this.left = chunk.values
  }

  /** The next page's values and how many; @throws ParquetFault, also when there are none left; ParquetUnread */
  async next(): Promise<{ values: PageValues; count: number }> {
    for (;;) {
      const header = await this.header()
      const [packed, length] = [numberAt(header, 3) ?? -1, numberAt(header, 2) ?? -1]
      if (!(packed >= 0 && length >= 0) || packed > this.end - this.at) throw this.fault('a page reaches beyond its column')
      if (packed > mostPageBytes || length > mostPageBytes) throw this.fault(`a page would be ${Math.max(packed, length).toLocaleString('en')} bytes large, more than Unroll reads at once`)
      const bytes = await this.bytes(packed)
      this.at += packed
      try {
        const type = numberAt(header, 1)
        if (type === pages.dictionary) this.dictionary = this.dictionaryIn(header, bytes, length)
        else if (type === pages.data || type === pages.dataV2) {
          const page = type === pages.data ? this.page(structAt(header, 5), bytes, length) : this.pageV2(structAt(header, 8), bytes, length)
          this.left -= page.count
          if (page.count > 0) return page
        }
      } catch (error) {
        if (error instanceof ParquetUnread) throw new ParquetUnread(error.what, error.hint, this.column.name)
        throw error instanceof ParquetFault ? this.fault(error.message) : error
      }
    }
  }

  private dictionaryIn(header: ThriftStruct, bytes: Uint8Array, length: number): PageValues {
    const count = numberAt(structAt(header, 7) ?? new Map(), 1) ?? -1
    const { physical: type, width, kind } = this.column
    this.expectCount(count, mostPageValues)
    return meaningOf(plainValues(decompress(this.chunk.codec, bytes, length), type, width, count), kind)
  }

  /** Levels and values compressed together, the levels behind their length. */
  private page(header: ThriftStruct | null, bytes: Uint8Array, length: number): { values: PageValues; count: number } {
    const [count, encoding, levels] = [1, 2, 3].map((id) => (header && numberAt(header, id)) ?? -1) as [number, number, number]
    this.expectCount(count, this.left)
    const page = decompress(this.chunk.codec, bytes, length)
    const { defined } = this.column
    if (defined === 0) return { count, values: this.values(page, encoding, count, null, count) }
    if (levels !== encodings.rle) throw new ParquetUnread('marks its missing values in a way from before 2014', rewrite)
    if (page.length < 4) throw new ParquetFault('a page ends before its values do')
    const size = Buffer.from(page.buffer, page.byteOffset, page.length).readUInt32LE(0)
    const { present, stored } = presentAt(readHybrid(page, 4, 4 + size, bitsFor(defined), count), defined)
    return { count, values: this.values(page.subarray(4 + size), encoding, stored, present, count) }
  }

  /** Levels before the values and not compressed. */
  private pageV2(header: ThriftStruct | null, bytes: Uint8Array, length: number): { values: PageValues; count: number } {
    if (header === null) throw new ParquetFault('a page doesn\'t say how many values it has')
    const [count, nulls, encoding, levels, repeated] = [1, 2, 4, 5, 6].map((id) => numberAt(header, id) ?? 0) as [number, number, number, number, number]
    this.expectCount(count, this.left)
    const before = levels + repeated
    if (!(levels >= 0 && repeated >= 0) || before > bytes.length || before > length) throw new ParquetFault('a page\'s levels or places lie outside it')
    const packed = bytes.subarray(before)
    const page = header.get(7) === false ? packed : decompress(this.chunk.codec, packed, length - before)
    const { defined } = this.column
    if (defined === 0 || levels === 0) {
      if (nulls > 0) throw new ParquetFault('a page has missing values but doesn\'t mark them')
      return { count, values: this.values(page, encoding, count, null, count) }
    }
    const { present, stored } = presentAt(readHybrid(bytes, repeated, before, bitsFor(defined), count), defined)
    return { count, values: this.values(page, encoding, stored, present, count) }
  }

  private values(page: Uint8Array, encoding: number, stored: number, present: Int32Array | null, count: number): PageValues {
    const { physical: type, width, kind } = this.column
    if (stored === 0) return spread(empty(kind.is), new Int32Array(0), present, count)
    // Without a missing value nothing has to be moved.
    const marks = stored === count ? null : present
    if (encoding === encodings.dictionary || encoding === encodings.plainDictionary) {
      if (this.dictionary === null) throw new ParquetFault('a page points into a dictionary that isn\'t there')
      if (page.length < 1) throw new ParquetFault('a page ends before its values do')
      return spread(this.dictionary, readHybrid(page, 1, page.length, page[0]!, stored), marks, count)
    }
    return spread(meaningOf(rawValues(page, encoding, type, width, stored), kind), null, marks, count)
  }

  private expectCount(count: number, most: number): void {
    if (!(count >= 0)) throw new ParquetFault('a page doesn\'t say how many values it has')
    if (count > mostPageValues) throw new ParquetFault(`a page would have ${count.toLocaleString('en')} values, more than Unroll reads at once`)
    if (count > most) throw new ParquetFault('its pages have more values than it has rows')
  }

  private async header(): Promise<ThriftStruct> {
    for (let size = firstLook; ; size *= 8) {
      const room = Math.min(size, this.end - this.at)
      if (room <= 0) throw this.fault('its pages have fewer values than it has rows')
      const reader = new ThriftReader(await this.bytes(room))
      try {
        const header = reader.struct()
        this.at += reader.at
        return header
      } catch (error) {
        if (!(error instanceof OutOfBytes) || room === this.end - this.at || size > mostPageBytes) throw error instanceof ParquetFault ? this.fault('a page\'s description can\'t be read') : error
      }
    }
  }

  /** The bytes from `at` on, read a window at a time. */
  private async bytes(count: number): Promise<Uint8Array> {
    const from = this.at - this.windowAt
    if (from < 0 || from + count > this.window.length) {
      const size = Math.min(Math.max(count, 256 * 1024), this.end - this.at)
      const window = Buffer.allocUnsafe(size)
      const { bytesRead } = await this.file.read(window, 0, size, this.at)
      if (bytesRead < count) throw this.fault('it breaks off')
      this.window = window.subarray(0, bytesRead)
      this.windowAt = this.at
    }
    return this.window.subarray(this.at - this.windowAt, this.at - this.windowAt + count)
  }

  private fault(what: string): ParquetFault { return new ParquetFault(`column ${JSON.stringify(this.column.name)}: ${what}`) }
}

function rawValues(page: Uint8Array, encoding: number, type: number, width: number, count: number): RawValues {
  switch (encoding) {
    case encodings.plain: return plainValues(page, type, width, count)
    case encodings.rle: {
      // Booleans alone, behind their length.
      if (type !== physical.boolean || page.length < 4) break
      return { is: 'numbers', values: Uint8Array.from(readHybrid(page, 4, page.length, 1, count)) }
    }
    case encodings.split: return splitValues(page, type, width, count)
    case encodings.delta: {
      if (type === physical.int32) return { is: 'numbers', values: deltaWhole(page, 0, count).values }
      if (type === physical.int64) return { is: 'whole', values: deltaLong(page, 0, count) }
      break
    }
    case encodings.deltaLength: case encodings.deltaTexts: {
      const texts = deltaTexts(page, count, encoding === encodings.deltaTexts)
      if (type === physical.bytes) return texts
      if (type !== physical.fixed || texts.is !== 'bytes') break
      if (texts.starts.some((start, at) => texts.ends[at]! - start !== width)) throw new ParquetFault('values of fixed length have others')
      return texts
    }
    default:
  }
  throw new ParquetUnread(`is written in an encoding that Unroll doesn't read (Parquet's number ${encoding})`, rewrite)
}

const rewrite = 'Write the table again with plain or dictionary encoding, which are every writer\'s default.'
const empty = (is: string): PageValues => (is === 'number' || is === 'boolean'
  ? { is: 'numbers', numbers: new Float64Array(0), whole: null, boolean: is === 'boolean' }
  : { is: 'texts', bytes: new Uint8Array(0), starts: new Int32Array(0), ends: new Int32Array(0) })
