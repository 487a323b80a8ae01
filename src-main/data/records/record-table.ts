import { UnrollError } from '@shared/errors'
import type { Parts } from './stratified-split'

/** Records as read: a sequence and what belongs to it, in the order of the source. */
export interface RecordTable {
  sequences: string[]
  /** Class of each, or the sequence it becomes. */
  targets: string[]
  /** The line each ends in; of a folder's files, its own file's. */
  lines: number[]
  /** Of a folder's files: which one each stands in. */
  files?: string[]
  /** What keeps each together with others in the split; absent: nothing. */
  groups?: string[]
  /** The part each is of, where a column says so. */
  given?: (keyof Parts)[]
  /** Records that couldn't be used, where the experiment leaves them out; `rows` has the first of them. */
  leftOut?: { count: number; rows: LeftOutRow[] }
}

export interface LeftOutRow { line: number; reason: string }

/** Which columns are read. */
export interface RecordColumns {
  sequence: string | undefined
  target: string | undefined
  targetIs: 'class' | 'sequence'
  group?: string | undefined
  /** Says which part of the split a record is of. */
  part?: string | undefined
  /** Leaves records out that can't be used, instead of ending. */
  leaveOut?: boolean
  /** Of these so many are named; 1,000 unless told. */
  mostLeftOut?: number
}

const mostLeftOutRows = 1000
/** Faults of one record; all others are the file's, or ours. */
const faultsOfARecord = new Set(['dataset.empty-sequence', 'dataset.not-text', 'dataset.json', 'dataset.column-missing', 'dataset.ragged-row', 'dataset.part'])

/** Gathers records one by one, and those that couldn't be used. */
export class RecordCollector {
  readonly table: RecordTable = { sequences: [], targets: [], lines: [] }

  constructor(private readonly columns: Pick<RecordColumns, 'group' | 'part' | 'leaveOut' | 'mostLeftOut'>) {
    if (columns.part !== undefined) this.table.given = []
    if (columns.group !== undefined) this.table.groups = []
    if (columns.leaveOut) this.table.leftOut = { count: 0, rows: [] }
  }

  /** @param read throws what is wrong with the record */
  add(line: number, read: () => { sequence: string; target: string; group: string | undefined; part?: keyof Parts | undefined }): void {
    const { table } = this
    try {
      const { sequence, target, group, part } = read()
      table.sequences.push(sequence)
      table.targets.push(target)
      table.lines.push(line)
      table.groups?.push(group ?? '')
      table.given?.push(part ?? 'train')
    } catch (error) {
      if (!this.leaveOut(line, error)) throw error
    }
  }

  /** @returns whether the fault is one of a record and is to be left out */
  leaveOut(line: number, error: unknown): boolean {
    const { leftOut } = this.table
    if (leftOut === undefined || !(error instanceof UnrollError) || !faultsOfARecord.has(error.code)) return false
    leftOut.count++
    if (leftOut.rows.length < (this.columns.mostLeftOut ?? mostLeftOutRows)) leftOut.rows.push({ line, reason: error.message })
    return true
  }
}

/** Records that repeat an earlier one in sequence and target, and which that is. */
export function repeatsIn({ sequences, targets }: Pick<RecordTable, 'sequences' | 'targets'>): Map<number, number> {
  const known = new Map<string, Map<string, number>>()
  const repeats = new Map<number, number>()
  sequences.forEach((sequence, index) => {
    const before = known.get(sequence) ?? new Map<string, number>()
    const first = before.get(targets[index]!)
    if (first !== undefined) repeats.set(index, first)
    else known.set(sequence, before.set(targets[index]!, index))
  })
  return repeats
}

/** Sequences that have several classes (answers). */
export function contradictionsIn({ sequences, targets }: Pick<RecordTable, 'sequences' | 'targets'>): Set<string> {
  const first = new Map<string, string>()
  const torn = new Set<string>()
  sequences.forEach((sequence, index) => {
    const before = first.get(sequence)
    if (before === undefined) first.set(sequence, targets[index]!)
    else if (before !== targets[index]) torn.add(sequence)
  })
  return torn
}

/** Some of a table's records. */
export function only(table: RecordTable, kept: (index: number) => boolean): RecordTable {
  const indices = table.sequences.flatMap((_, index) => (kept(index) ? [index] : []))
  const of = <V>(list: V[]) => indices.map((index) => list[index]!)
  return {
    ...table, sequences: of(table.sequences), targets: of(table.targets), lines: of(table.lines),
    ...(table.files && { files: of(table.files) }), ...(table.groups && { groups: of(table.groups) }), ...(table.given && { given: of(table.given) }),
  }
}

/** The first of records that are alike in sequence and target. */
export function withoutRepeats(table: RecordTable): RecordTable {
  const repeats = repeatsIn(table)
  return repeats.size === 0 ? table : only(table, (index) => !repeats.has(index))
}
