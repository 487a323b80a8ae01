import { UnrollError } from '@shared/errors'
import type { ReadOptions } from '../prepared-dataset'
import { normalForm } from '../splits/normal-form'
import { partsOf } from '../splits/parts-of'
import { readRecords, type RecordsSpec } from './read-records'
import { contradictionsIn, only, withoutRepeats, type RecordTable } from './record-table'
import type { Parts } from './stratified-split'

export interface SplitRecordsOf {
  read: RecordTable
  /** What of it is used: without repeats unless the experiment keeps them, and without contradictions where it doesn't. */
  table: RecordTable
  parts: Parts
}

/**
 * Reads records and splits them: by group where the experiment names one; else pairs by source, so that no held-out source was
 * trained on, and classes as `data.split` says.
 * @throws UnrollError `dataset.*` with file, line and column; `experiment.data` when a column isn't named
 */
export async function splitRecords(spec: RecordsSpec, targetIs: 'class' | 'sequence', path: string, seed: number, options: ReadOptions = {}): Promise<SplitRecordsOf> {
  const read = await readRecords(path, spec, columnsOf(spec, targetIs), options)
  const table = usedOf(read, spec)
  if (table.sequences.length === 0) throw new UnrollError('dataset.empty', 'Every sequence has several classes, so that none is left once these are left out.', { hint: 'Set data.contradictions to "keep".', where: { parameter: 'data.contradictions' } })
  return { read, table, parts: recordParts(table, spec, targetIs, seed) }
}

export function columnsOf(spec: RecordsSpec, targetIs: 'class' | 'sequence') {
  const given = spec.split === 'given'
  if (given && spec.part === undefined) throw new UnrollError('experiment.data', 'data.split is "given", but data.part doesn\'t say which column names the part.', { hint: 'Set data.part to that column.', where: { parameter: 'data.part' } })
  return { sequence: spec.sequence, target: targetIs === 'class' ? spec.label : spec.output, targetIs, group: given ? undefined : spec.group, part: given ? spec.part : undefined, leaveOut: spec.faulty === 'leave-out' }
}

/** What of the records read is used. */
export function usedOf(read: RecordTable, { repeats, contradictions }: Pick<RecordsSpec, 'repeats' | 'contradictions'>): RecordTable {
  const table = repeats === 'once' ? withoutRepeats(read) : read
  if (contradictions === 'keep') return table
  const torn = contradictionsIn(table)
  return torn.size === 0 ? table : only(table, (index) => !torn.has(table.sequences[index]!))
}

/** The split alone, of records already read. */
export function recordParts({ sequences, targets, groups, given }: RecordTable, spec: RecordsSpec, targetIs: 'class' | 'sequence', seed: number): Parts {
  const classes = new Map([...new Set(targets)].sort().map((name, id) => [name, id]))
  return partsOf({
    count: sequences.length,
    classes: targetIs === 'sequence' ? null : Int32Array.from(targets, (name) => classes.get(name)!),
    groups: groups ?? null,
    equal: spec.together === 'alike' ? sequences.map(normalForm) : spec.together === 'equal' || targetIs === 'sequence' ? sequences : null,
    given: given ?? null,
  }, spec, seed)
}
