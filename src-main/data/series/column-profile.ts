import type { Column } from '@shared/rpc/schemas'
import { kindOf, numberIn } from './cells'
import { ThinCurve } from './thin-curve'

const examples = 5

/** What a column holds, learned row by row in bounded memory. */
export class ColumnProfile {
  readonly examples: string[] = []
  readonly curve = new ThinCurve()
  /** The first cell that isn't a number. */
  firstBad: { cell: string; row: number; line: number } | null = null
  first = ''
  last = ''
  /** Every number so far is at least as large as the one before: a counter, a year, a time stamp. */
  neverFalls = true
  private numbers = 0
  private dates = 0
  private texts = 0
  private min = Infinity
  private max = -Infinity
  private previous = -Infinity

  constructor(readonly name: string, private readonly decimalComma: boolean) {}

  add(cell: string, row: number, line: number): void {
    if (row === 1) this.first = cell
    this.last = cell
    if (this.examples.length < examples) this.examples.push(cell)
    const value = numberIn(cell, this.decimalComma)
    if (Number.isNaN(value)) {
      this.firstBad ??= { cell, row, line }
      const kind = kindOf(cell, this.decimalComma)
      if (kind === 'date') this.dates++
      else if (kind === 'text') this.texts++
      return
    }
    this.numbers++
    if (value < this.min) this.min = value
    if (value > this.max) this.max = value
    if (value < this.previous) this.neverFalls = false
    this.previous = value
    this.curve.add(value)
  }

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
}
