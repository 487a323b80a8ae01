/** Records as read: a sequence and what belongs to it, in the order of the source. */
export interface RecordTable {
  sequences: string[]
  /** Class of each, or the sequence it becomes. */
  targets: string[]
  /** The line each ends in; of a folder's files, its own file's. */
  lines: number[]
}

/** Which columns are read. */
export interface RecordColumns {
  sequence: string | undefined
  target: string | undefined
  targetIs: 'class' | 'sequence'
}

/** The first of records that are alike in sequence and target. */
export function withoutRepeats({ sequences, targets, lines }: RecordTable): RecordTable {
  const known = new Map<string, Set<string>>()
  const first = sequences.flatMap((sequence, index) => {
    const before = known.get(sequence) ?? new Set()
    if (before.has(targets[index]!)) return []
    known.set(sequence, before.add(targets[index]!))
    return [index]
  })
  const only = <V>(list: V[]) => first.map((index) => list[index]!)
  return { sequences: only(sequences), targets: only(targets), lines: only(lines) }
}
