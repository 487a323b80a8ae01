import type { RecordColumn, RecordsOptions } from '@shared/rpc/schemas'

const examples = 5
/** More different values than this are no classes, and aren't counted on. */
const mostDistinct = 10_000

/** What a column of records holds, learned row by row in bounded memory. */
export class RecordColumnProfile {
  private readonly values = new Set<string>()
  private readonly examples: string[] = []
  private characters = 0
  private rows = 0

  constructor(readonly name: string) {}

  add(value: string): void {
    this.rows++
    this.characters += value.length
    if (this.examples.length < examples && !this.examples.includes(value)) this.examples.push(value)
    if (this.values.size <= mostDistinct) this.values.add(value)
  }

  column(): RecordColumn {
    const { size } = this.values
    return { name: this.name, examples: this.examples, distinct: size > mostDistinct ? null : size, length: this.rows > 0 ? this.characters / this.rows : 0 }
  }
}

/** Names that say what a column is. */
const says = {
  sequence: /^(sequence|seq|text|source|src|input|in|x|name|word|sentence|from|question|utterance|review|tweet|content|string)$/i,
  label: /^(label|class|category|tag|y|sentiment|intent|language|lang|country|kind|type|genre)$/i,
  output: /^(output|out|target|tgt|to|answer|translation|reply|response|summary|y)$/i,
}
/** Whether a cell of a first row is such a name. */
export const isRoleName = (cell: string): boolean => Object.values(says).some((pattern) => pattern.test(cell.trim()))

export interface Roles { sequence: string | null; target: string | null; targetIs: 'class' | 'sequence' }

/**
 * Which column is the sequence, and what belongs to it, where the user didn't say: by name first; else a column with few
 * different values for its rows is a class; else two columns of text are a pair, the first becoming the second.
 */
export function guessRoles(columns: readonly RecordColumn[], rows: number, chosen: Pick<RecordsOptions, 'sequence' | 'target' | 'targetIs'>): Roles {
  const few = ({ distinct }: RecordColumn) => distinct !== null && distinct >= 2 && distinct <= Math.max(2, Math.min(1000, rows / 3))
  const varied = ({ distinct }: RecordColumn) => distinct === null || distinct > Math.min(rows / 2, 20)
  // A column that the user gave one role isn't guessed for the other.
  const free = columns.filter(({ name }) => name !== chosen.target && name !== chosen.sequence)
  const named = (pattern: RegExp, from: readonly RecordColumn[]) => from.find(({ name }) => pattern.test(name))
  const longest = (from: readonly RecordColumn[]) => from.reduce<RecordColumn | undefined>((best, one) => (best === undefined || one.length > best.length ? one : best), undefined)

  const sequence = chosen.sequence !== undefined ? columns.find(({ name }) => name === chosen.sequence)
    : named(says.sequence, free) ?? pairOf(free, varied)?.[0] ?? longest(free.filter(varied)) ?? longest(free)
  const rest = free.filter((column) => column !== sequence)
  const asClass = () => named(says.label, rest) ?? rest.find(few)
  const asSequence = () => named(says.output, rest) ?? longest(rest.filter(varied)) ?? rest[0]
  if (chosen.target !== undefined) {
    const target = columns.find(({ name }) => name === chosen.target)
    return { sequence: sequence?.name ?? null, target: target?.name ?? null, targetIs: chosen.targetIs ?? (target && few(target) ? 'class' : 'sequence') }
  }
  const output = named(says.output, rest)
  const isClass = chosen.targetIs === 'class' || (chosen.targetIs === undefined && (output === undefined || few(output)) && asClass() !== undefined)
  const target = isClass ? asClass() ?? rest[0] : asSequence()
  return { sequence: sequence?.name ?? null, target: target?.name ?? null, targetIs: isClass ? 'class' : 'sequence' }
}

/** Two varied columns and nothing else: the first becomes the second. */
const pairOf = (columns: readonly RecordColumn[], varied: (column: RecordColumn) => boolean) => (columns.length === 2 && columns.every(varied) ? columns : undefined)
