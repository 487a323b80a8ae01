import { TableCells } from '../series/table-cells'
import type { Texts } from './iso-texts'
import type { Numbers, PageValues } from './page-values'

/** The engine computes in float32. */
const largest = 3.4028234663852886e38

/** The cells of a row of a Parquet file: numbers as they are, texts as bytes; a number becomes text only when asked for. */
export class ParquetCells extends TableCells {
  private readonly numbers: (Numbers | null)[]
  /** Pages with numbers that the engine can't hold, which are shown as they are written. */
  private readonly large: boolean[]
  private readonly pages: (Texts | null)[]
  private texted: number[] = []
  /** Place in its page of the row before the first that is shown. */
  private readonly bases: Int32Array
  /** Fields of numbers that were made text in this row. */
  private readonly settled: number[] = []
  private row = 0
  private used = 0

  constructor(fields: number) {
    super(false)
    this.bytes = new Uint8Array(1024)
    for (let field = 0; field < fields; field++) this.add(0, 0, false)
    this.numbers = new Array<Numbers | null>(fields).fill(null)
    this.pages = new Array<Texts | null>(fields).fill(null)
    this.large = new Array<boolean>(fields).fill(false)
    this.bases = new Int32Array(fields)
  }

  /** From the next row on, a field's cells are a page's, from its first on. */
  open(field: number, page: PageValues): void {
    this.bases[field] = -1 - this.row
    this.numbers[field] = page.is === 'numbers' ? page : null
    this.pages[field] = page.is === 'texts' ? page : null
    this.large[field] = page.is === 'numbers' && beyondAll(page.numbers)
    this.starts[field] = this.ends[field] = 0
    this.texted = this.pages.flatMap((each, at) => (each !== null || this.large[at] ? [at] : []))
  }

  /** Goes on to the next row. */
  show(): void {
    this.row++
    this.used = 0
    while (this.settled.length > 0) {
      const field = this.settled.pop()!
      this.starts[field] = this.ends[field] = 0
    }
    for (const field of this.texted) {
      const page = this.pages[field]
      const at = this.bases[field]! + this.row
      if (page) this.put(field, page.bytes, page.starts[at]!, page.ends[at]!)
      else if (Math.abs(this.numbers[field]!.numbers[at]!) > largest) this.settle(field)
    }
  }

  override number(field: number): number {
    const page = this.numbers[field]
    if (!page) return super.number(field)
    const value = page.numbers[this.bases[field]! + this.row]!
    return Math.abs(value) <= largest ? value : NaN
  }

  override isPlain(field: number): boolean {
    const page = this.numbers[field]
    return page !== null && !page!.boolean && (page!.whole === null || Math.abs(page!.numbers[this.bases[field]! + this.row]!) <= Number.MAX_SAFE_INTEGER)
  }

  override text(field: number): string {
    const page = this.numbers[field]
    if (!page) return super.text(field)
    const row = this.bases[field]! + this.row
    const value = page.numbers[row]!
    if (Number.isNaN(value)) return ''
    if (page.boolean) return value === 1 ? 'true' : 'false'
    return page.whole === null ? String(value) : page.whole[row]!.toString()
  }

  override settle(field: number): void {
    if (!this.numbers[field]) return
    const text = Buffer.from(this.text(field))
    this.put(field, text, 0, text.length)
    this.settled.push(field)
  }

  private put(field: number, bytes: Uint8Array, from: number, to: number): void {
    const start = this.used
    const end = start + to - from
    if (end > this.bytes.length) {
      const larger = new Uint8Array(2 * end)
      larger.set(this.bytes.subarray(0, start))
      this.bytes = larger
    }
    for (let at = from; at < to; at++) this.bytes[start + at - from] = bytes[at]!
    this.starts[field] = start
    this.ends[field] = this.used = end
  }
}

function beyondAll(numbers: Float64Array): boolean {
  for (let at = 0; at < numbers.length; at++) if (Math.abs(numbers[at]!) > largest) return true
  return false
}
