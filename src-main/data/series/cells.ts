/** What a cell of a table says. */
export type CellKind = 'number' | 'date' | 'missing' | 'not-finite' | 'text'

const missingWords = new Set(['', 'na', 'n/a', 'nan', 'null', 'none', 'nil', '?', '-', '#n/a'])
const infinite = /^[+-]?inf(inity)?$/i
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const decimalWithComma = /^[+-]?(\d+,\d*|,\d+)(e[+-]?\d+)?$/i
/** 1749-01, 2024-03-31, 2024/3/31 12:00, 31.03.2024, 3/31/24, 2024-03-31T12:00:00Z */
const date = /^(\d{4}[-/.]\d{1,2}([-/.]\d{1,2})?|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2}))([T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?([AP]M|Z|[+-]\d{2}:?\d{2}))?)?$/i
/** The engine computes in float32. */
const largest = 3.4028234663852886e38

/**
 * The cell as a number; NaN when it isn't one that the engine can hold.
 * @param decimalComma 1,5 means 1.5: in files that separate columns by something else
 */
export function numberIn(cell: string, decimalComma: boolean): number {
  const text = cell.trim()
  if (decimal.test(text)) return bounded(Number(text))
  if (decimalComma && decimalWithComma.test(text)) return bounded(Number(text.replace(',', '.')))
  return NaN
}

const bounded = (value: number) => (Math.abs(value) <= largest ? value : NaN)

/** Why `numberIn` gave NaN, or what else the cell is. */
export function kindOf(cell: string, decimalComma: boolean): CellKind {
  const text = cell.trim()
  if (!Number.isNaN(numberIn(text, decimalComma))) return 'number'
  if (missingWords.has(text.toLowerCase())) return 'missing'
  if (infinite.test(text) || decimal.test(text) || (decimalComma && decimalWithComma.test(text))) return 'not-finite'
  return date.test(text) ? 'date' : 'text'
}
