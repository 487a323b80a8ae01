import type { Column } from '@shared/rpc/schemas'
import { kindOf } from './cells'
import type { TableCells } from './table-cells'
import { ThinCurve } from './thin-curve'
import { plainTime } from './times'
import type { TransformedCurve } from './transformed-curve'

const examples = 5
/** Bytes of the last cell that are kept. */
const keptBytes = 80

/** What a column holds, learned row by row in bounded memory; a string is made only of what is neither number nor plain date. */
export class ColumnProfile {
  readonly examples: string[] = []
  readonly curve = new ThinCurve()
  /** The first cell that isn't a number. */
  firstBad: { cell: string; row: number; line: number } | null = null
  /** The first cell that is neither a number nor missing. */
  firstWrong: { cell: string; row: number; line: number } | null = null
  first = ''
  /** Every number so far is at least as large as the one before: a counter, a year, a time stamp. */
  neverFalls = true
  /** Cells that say nothing: empty, NA, NaN, … */
  missing = 0
  private numbers = 0
  private dates = 0
  private texts = 0
  private min = Infinity
  private max = -Infinity
  private previous = -Infinity
  private readonly lastBytes = new Uint8Array(keptBytes)
  private lastLength = 0
  /** Of which the last cell is the text. */
  private lastNumber: number | null = null

  /** @param transformed gathers the column as it is after its logarithm and differences */
  constructor(readonly name: string, private readonly decimalComma: boolean, readonly transformed: TransformedCurve | null = null) {}

  /** @returns the cell as a number; NaN when it is none */
  add(cells: TableCells, field: number, row: number, line: number): number {
    if (row === 1) this.first = cells.text(field)
    if (this.examples.length < examples) this.examples.push(cells.text(field))
    const value = cells.number(field)
    if (Number.isNaN(value)) {
      this.keepLast(cells, field)
      this.addOther(cells, field, row, line)
      return NaN
    }
    this.numbers++
    if (value < this.min) this.min = value
    if (value > this.max) this.max = value
    if (value < this.previous) this.neverFalls = false
    // Only what may be a clock is asked for its last cell.
    if (this.neverFalls) {
      if (cells.isPlain(field)) this.lastNumber = value
      else this.keepLast(cells, field)
    }
    this.previous = value
    this.curve.add(value)
    this.transformed?.add(value, row, line)
    return value
  }

  get last(): string { return this.lastNumber !== null ? String(this.lastNumber) : new TextDecoder().decode(this.lastBytes.subarray(0, this.lastLength)) }

  /** By what most cells are, so that one slip doesn't turn a column of numbers into text. */
  get type(): Column['type'] {
    if (this.numbers > 0 && this.numbers >= this.dates + this.texts) return 'number'
    return this.dates > this.texts ? 'date' : 'text'
  }

  /** All cells are numbers. */
  get clean(): boolean {
    return this.firstBad === null
  }

  column(): Column {
    const numeric = this.type === 'number'
    return { name: this.name, type: this.type, examples: this.examples, min: numeric ? this.min : null, max: numeric ? this.max : null }
  }

  private addOther(cells: TableCells, field: number, row: number, line: number): void {
    if (this.firstWrong !== null && !Number.isNaN(plainTime(cells.bytes, cells.starts[field]!, cells.ends[field]!))) {
      this.dates++
      return
    }
    if (this.firstBad !== null && cells.isEmpty(field)) {
      this.missing++
      return
    }
    if (this.firstWrong !== null && isWord(cells.bytes[cells.starts[field]!]!)) {
      this.texts++
      return
    }
    const cell = cells.text(field)
    this.firstBad ??= { cell, row, line: cells.lineOf(field, line) }
    const kind = kindOf(cell, this.decimalComma)
    if (kind !== 'missing') this.firstWrong ??= { cell, row, line: cells.lineOf(field, line) }
    switch (kind) {
      case 'date':
        this.dates++
        break
      case 'text':
        this.texts++
        break
      case 'missing':
        this.missing++
        break
      default:
    }
  }

  private keepLast(cells: TableCells, field: number): void {
    cells.settle(field)
    const from = cells.starts[field]!
    const { lastBytes } = this
    const length = Math.min(keptBytes, cells.ends[field]! - from)
    for (let at = 0; at < length; at++) lastBytes[at] = cells.bytes[from + at]!
    this.lastLength = length
    this.lastNumber = null
  }
}

const [lowest, highest] = [0x61, 0x7a]
const [letterI, letterN] = [0x69, 0x6e]

/** A letter that no number, date or word for a missing cell (NaN, n/a, inf, …) begins with. */
function isWord(first: number): boolean {
  const lower = first | 0x20
  return lower >= lowest && lower <= highest && lower !== letterI && lower !== letterN
}
