import type { ReadOptions } from '../prepared-dataset'
import { splitByGroup } from './group-split'
import { readRecords, type RecordsSpec } from './read-records'
import { withoutRepeats, type RecordTable } from './record-table'
import { splitBySource, stratifiedSplit, type Parts } from './stratified-split'

export interface SplitRecordsOf {
  read: RecordTable
  /** What of it is used: without repeats unless the experiment keeps them. */
  table: RecordTable
  parts: Parts
}

/**
 * Reads records and splits them: by group where the experiment names one; else pairs by source, so that no held-out source was
 * trained on, and classes at random class by class. By `training.seed`.
 * @throws UnrollError `dataset.*` with file, line and column; `experiment.data` when a column isn't named
 */
export async function splitRecords(spec: RecordsSpec, targetIs: 'class' | 'sequence', path: string, seed: number, options: ReadOptions = {}): Promise<SplitRecordsOf> {
  const target = targetIs === 'class' ? spec.label : spec.output
  const read = await readRecords(path, spec, { sequence: spec.sequence, target, targetIs, group: spec.group, leaveOut: spec.faulty === 'leave-out' }, options)
  const table = spec.repeats === 'once' ? withoutRepeats(read) : read
  return { read, table, parts: partsOf(table, spec, targetIs, seed) }
}

/** The split alone, of records already read. */
export function partsOf({ sequences, targets, groups }: RecordTable, spec: Pick<RecordsSpec, 'validation' | 'test'>, targetIs: 'class' | 'sequence', seed: number): Parts {
  if (groups !== undefined) return splitByGroup(groups, spec, seed)
  if (targetIs === 'sequence') return splitBySource(sequences, spec, seed)
  const classes = new Map([...new Set(targets)].sort().map((name, id) => [name, id]))
  return stratifiedSplit(Int32Array.from(targets, (name) => classes.get(name)!), spec, seed)
}
