import { UnrollError } from '@shared/errors'

/** Records as read: a sequence and what belongs to it, in the order of the source. */
export interface RecordTable {
  sequences: string[]
  /** Class of each, or the sequence it becomes. */
  targets: string[]
  /** The line each ends in; of a folder's files, its own file's. */
  lines: number[]
  /** What keeps each together with others in the split; absent: nothing. */
  groups?: string[]
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
  /** Leaves records out that can't be used, instead of ending. */
  leaveOut?: boolean
}

const mostLeftOutRows = 1000
/** Faults of one record; all others are the file's, or ours. */
const faultsOfARecord = new Set(['dataset.empty-sequence', 'dataset.not-text', 'dataset.json', 'dataset.column-missing', 'dataset.ragged-row'])

/** Gathers records one by one, and those that couldn't be used. */
export class RecordCollector {
  readonly table: RecordTable = { sequences: [], targets: [], lines: [] }

  constructor(private readonly columns: Pick<RecordColumns, 'group' | 'leaveOut'>) {
    if (columns.group !== undefined) this.table.groups = []
    if (columns.leaveOut) this.table.leftOut = { count: 0, rows: [] }
  }

  /** @param read throws what is wrong with the record */
  add(line: number, read: () => { sequence: string; target: string; group: string | undefined }): void {
    const { table } = this
    try {
      const { sequence, target, group } = read()
      table.sequences.push(sequence)
      table.targets.push(target)
      table.lines.push(line)
      table.groups?.push(group ?? '')
    } catch (error) {
      if (!this.leaveOut(line, error)) throw error
    }
  }

  /** @returns whether the fault is one of a record and is to be left out */
  leaveOut(line: number, error: unknown): boolean {
    const { leftOut } = this.table
    if (leftOut === undefined || !(error instanceof UnrollError) || !faultsOfARecord.has(error.code)) return false
    leftOut.count++
    if (leftOut.rows.length < mostLeftOutRows) leftOut.rows.push({ line, reason: error.message })
    return true
  }
}

/** The first of records that are alike in sequence and target. */
export function withoutRepeats(table: RecordTable): RecordTable {
  const { sequences, targets } = table
  const known = new Map<string, Set<string>>()
  const first = sequences.flatMap((sequence, index) => {
    const before = known.get(sequence) ?? new Set()
    if (before.has(targets[index]!)) return []
    known.set(sequence, before.add(targets[index]!))
    return [index]
  })
  const only = <V>(list: V[]) => first.map((index) => list[index]!)
  return { ...table, sequences: only(sequences), targets: only(targets), lines: only(table.lines), ...(table.groups && { groups: only(table.groups) }) }
}
