import type { SeriesOptions } from '@shared/rpc/schemas'
import { isParquet } from '../parquet/read-parquet'
import { encodingOf, type Encoding } from '../text/encodings'
import { fileChunks } from '../text/text-source'
import { kindOf } from './cells'

export type Delimiter = NonNullable<SeriesOptions['delimiter']>

export interface Dialect {
  delimiter: Delimiter
  /** The first row holds names. */
  header: boolean
  /** 1,5 means 1.5. */
  decimalComma: boolean
  /** Absent: found. */
  encoding?: Encoding | undefined
  /** No text but Parquet, whose columns have names and types. */
  parquet?: true
}

export const parquetDialect: Dialect = { delimiter: ',', header: true, decimalComma: false, parquet: true }
const delimiters: readonly Delimiter[] = [',', ';', '\t', '|']
const sampleBytes = 64 * 1024
const sampleLines = 50

/** How a table is written; what `known` doesn't say is guessed from the file's first lines. */
export async function dialectOf(path: string, known: { delimiter?: Delimiter | undefined; header?: boolean | undefined; encoding?: Encoding | undefined } = {}): Promise<Dialect> {
  if (await isParquet(path)) return parquetDialect
  const encoding = known.encoding ?? (await encodingOf(path)).encoding
  const lines = await firstLines(path, encoding)
  const delimiter = known.delimiter ?? guessDelimiter(lines) ?? ','
  const decimalComma = delimiter !== ','
  return { delimiter, header: known.header ?? guessHeader(lines, delimiter, decimalComma), decimalComma, encoding }
}

/** The first lines. @throws UnrollError as reading the file does, where its first bytes aren't text */
export async function firstLines(path: string, encoding?: Encoding): Promise<string[]> {
  let sample = ''
  let whole = true
  for await (const chunk of fileChunks(path, encoding, {})) {
    whole = chunk.length < sampleBytes
    sample = new TextDecoder('utf-8', { ignoreBOM: true }).decode(chunk.subarray(0, sampleBytes))
    break
  }
  const lines = sample.split(/\r\n|\n|\r/)
  // The last one may be cut off, unless the whole file was read.
  if (!whole && lines.length > 1) lines.pop()
  return lines.filter((line) => line !== '').slice(0, sampleLines)
}

/**
 * The delimiter that most lines hold equally often, the more often the better; null when none splits the lines.
 * A semicolon beats the commas of decimal numbers because every line holds as many semicolons.
 */
export function guessDelimiter(lines: readonly string[]): Delimiter | null {
  let best: Delimiter | null = null
  let bestScore = 0
  for (const delimiter of delimiters) {
    const counts = lines.map((line) => cellsOf(line, delimiter).length - 1)
    const usual = mostCommon(counts)
    if (usual === 0) continue
    const agreeing = counts.filter((count) => count === usual).length / counts.length
    // How alike the lines are counts for more than how many columns they give.
    const score = agreeing * agreeing * (1 + Math.min(usual, 20) / 100) + (delimiter === ',' ? 0 : 0.005)
    if (agreeing >= 0.5 && score > bestScore) {
      best = delimiter
      bestScore = score
    }
  }
  return best
}

/** A header is a first row without a number or a date, above rows that have one. */
function guessHeader(lines: readonly string[], delimiter: Delimiter, decimalComma: boolean): boolean {
  const first = lines[0]
  if (first === undefined) return true
  const said = (cell: string) => ['number', 'date', 'not-finite'].includes(kindOf(cell, decimalComma))
  return !cellsOf(first, delimiter).some(said)
}

/** Cells of one line, good enough to guess from: quotes are honoured, quoted line ends aren't. */
export function cellsOf(line: string, delimiter: string): string[] {
  const cells: string[] = []
  let cell = ''
  let quoted = false
  for (const character of line) {
    if (character === '"') quoted = !quoted
    else if (character === delimiter && !quoted) {
      cells.push(cell)
      cell = ''
    } else cell += character
  }
  cells.push(cell)
  return cells
}

function mostCommon(counts: readonly number[]): number {
  const times = new Map<number, number>()
  for (const count of counts) times.set(count, (times.get(count) ?? 0) + 1)
  return [...times].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 0
}
