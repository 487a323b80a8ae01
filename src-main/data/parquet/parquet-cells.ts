import { TableCells } from '../series/table-cells'
import type { PageValues } from './page-values'

/** The engine computes in float32. */
const largest = 3.4028234663852886e38

/** The cells of a row of a Parquet file: numbers as they are, texts as bytes; a number becomes text only when asked for. */
export class ParquetCells extends TableCells {
  private pages: (PageValues | null)[] = []
  private rows: Int32Array = new Int32Array(0)
  private used = 0

  constructor(fields: number) {
    super(false)
    this.bytes = new Uint8Array(1024)
    for (let field = 0; field < fields; field++) this.add(0, 0, false)
  }

  /** @param pages of each field, null: it isn't read   @param rows each one's place in its page */
  show(pages: (PageValues | null)[], rows: Int32Array): void {
    this.pages = pages
    this.rows = rows
    this.used = 0
    for (let field = 0; field < pages.length; field++) {
      const page = pages[field]
      this.starts[field] = this.ends[field] = 0
      if (page?.is === 'texts') {
        const row = rows[field]!
        this.put(field, page.bytes, page.starts[row]!, page.ends[row]!)
      } else if (page?.is === 'numbers' && Math.abs(page.numbers[rows[field]!]!) > largest) this.settle(field)
    }
  }

  override number(field: number): number {
    const page = this.pages[field]
    if (page?.is !== 'numbers') return super.number(field)
    const value = page.numbers[this.rows[field]!]!
    return Math.abs(value) <= largest ? value : NaN
  }

  override text(field: number): string {
    const page = this.pages[field]
    if (page?.is !== 'numbers') return super.text(field)
    const row = this.rows[field]!
    const value = page.numbers[row]!
    if (Number.isNaN(value)) return ''
    if (page.boolean) return value === 1 ? 'true' : 'false'
    return page.whole === null ? String(value) : page.whole[row]!.toString()
  }

  override settle(field: number): void {
    if (this.pages[field]?.is !== 'numbers') return
    const text = Buffer.from(this.text(field))
    this.put(field, text, 0, text.length)
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
