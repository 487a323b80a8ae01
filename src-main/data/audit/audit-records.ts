import type { ReadOptions } from '../prepared-dataset'
import type { RecordsSpec } from '../records/read-records'
import { contradictionsIn, type RecordTable } from '../records/record-table'
import { splitRecords } from '../records/split-records'
import type { Parts } from '../records/stratified-split'
import { excerpt, found, number, sorted, type Audit, type AuditFinding, type Remedy } from './audit'
import { normalForm } from '../splits/normal-form'
import { crossing } from './crossing'

/** The split of an experiment on records, looked into. @throws as reading them does */
export async function auditRecords(spec: RecordsSpec, targetIs: 'class' | 'sequence', path: string, seed: number, options: ReadOptions = {}): Promise<Audit> {
  const { read, table, parts } = await splitRecords(spec, targetIs, path, seed, options)
  return {
    kind: 'records',
    parts: (['train', 'validation', 'test'] as const).map((part) => ({ part, count: parts[part].length })),
    findings: sorted([
      ...recordFindings(table, parts, targetIs, { group: spec.group, repeats: spec.repeats, together: spec.together, given: spec.split === 'given' }),
      ...repeatsLeftOut(read, table),
      found('statistics', 'clean', [0, 0], 'The vocabulary is that of the training part alone; what it lacks reads as unknown.'),
    ]),
  }
}

export function recordFindings({ sequences, targets, groups }: RecordTable, parts: Parts, targetIs: 'class' | 'sequence', { group, repeats, together: kept, given }: Pick<RecordsSpec, 'group' | 'repeats' | 'together'> & { given: boolean }): AuditFinding[] {
  const exact = crossing(sequences, parts)
  const whole = crossing(sequences.map((sequence, index) => `${sequence}\u0000${targets[index]!}`), parts)
  const near = crossing(sequences.map(normalForm), parts)
  const nearOnly = near.items.filter((index) => !exact.items.includes(index))
  // A split that the file states is drawn anew before anything can be kept together in it.
  const drawn = given ? { split: 'stratified' as const } : {}
  const together = 'Set data.together to "equal": equal sequences then stay on one side.'
  const once: Remedy = { label: 'Use repeats once', change: { repeats: 'once' } }
  const equal: Remedy = { label: 'Keep duplicates on one side', change: { together: 'equal', ...drawn } }
  const alike: Remedy = { label: 'Keep look-alikes on one side', change: { together: 'alike', ...drawn } }
  const findings: AuditFinding[] = [
    exact.items.length === 0
      ? found('duplicates', 'clean', [0, exact.held], `None of the ${number(exact.held)} held-out sequences stands in the training part.`)
      : found('duplicates', 'leak', [exact.items.length, exact.held], `${number(exact.items.length)} of the ${number(exact.held)} held-out sequences (${number(exact.keys.length)} different ones) stand in the training part too, ${whole.items.length === 0 ? `each with another ${targetIs === 'class' ? 'class' : 'answer'}` : `${number(whole.items.length)} of them with the same ${targetIs === 'class' ? 'class' : 'answer'}`}.`,
        repeats === 'all' && whole.items.length === exact.items.length ? 'Set data.repeats to "once", so that records alike in everything are used once.' : repeats === 'all' ? `Set data.repeats to "once" against records alike in everything; against all: ${together.charAt(0).toLowerCase()}${together.slice(1)}` : together,
        exact.keys.map(excerpt), [...repeats === 'all' && whole.items.length > 0 ? [once] : [], ...kept === 'none' || given ? [equal] : []]),
    nearOnly.length === 0
      ? found('near-duplicates', 'clean', [0, near.held], 'No further held-out sequence is like a training one but for case, accents, punctuation and spaces.')
      : found('near-duplicates', 'leak', [nearOnly.length, near.held], `${number(nearOnly.length)} further held-out sequences differ from a training one only in case, accents, punctuation or spaces.`,
        'Set data.together to "alike": they then stay on one side.', nearOnly.map((index) => excerpt(sequences[index]!)), [alike]),
    ...contradictions({ sequences, targets }, targetIs),
  ]
  if (groups !== undefined) {
    const crossed = crossing(groups, parts)
    findings.push(crossed.items.length === 0
      ? found('groups', 'clean', [0, crossed.held], `Each group of "${group}" lies in one part whole.`)
      : found('groups', 'leak', [crossed.items.length, crossed.held], `${number(crossed.items.length)} held-out records belong to groups that are trained on.`, 'Split by data.group.', crossed.keys.map(excerpt)))
  }
  return findings
}

function contradictions({ sequences, targets }: Pick<RecordTable, 'sequences' | 'targets'>, targetIs: 'class' | 'sequence'): AuditFinding[] {
  const torn = contradictionsIn({ sequences, targets })
  const different = new Set(sequences).size
  if (torn.size === 0) return []
  const what = targetIs === 'class' ? 'class' : 'answer'
  const pairs = new Set(sequences.flatMap((sequence, index) => (torn.has(sequence) ? [`${sequence}\u0000${targets[index]!}`] : []))).size
  return [found('contradictions', 'note', [torn.size, different], `${number(torn.size)} of the ${number(different)} different sequences, as they are written, have more than one ${what} (${number(pairs)} ${what === 'class' ? 'classes' : 'answers'} between them); nobody can be right about all of them.`,
    'Read the accuracy against what is possible, settle the labels, or leave them out (data.contradictions).', [...torn].map(excerpt), [{ label: 'Leave them out', change: { contradictions: 'leave-out' } }])]
}

function repeatsLeftOut(read: RecordTable, table: RecordTable): AuditFinding[] {
  const left = read.sequences.length - table.sequences.length
  return left === 0 ? [] : [found('duplicates', 'note', [left, read.sequences.length], `${number(left)} of the ${number(read.sequences.length)} records repeat another one exactly and are left out, so that none stands on both sides.`)]
}
