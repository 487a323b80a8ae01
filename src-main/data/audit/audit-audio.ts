import { groupOf, namePattern, suggestGroup } from '../audio/name-pattern'
import { splitRecordings, type AudioSpec } from '../audio/prepare-audio'
import type { ReadOptions } from '../prepared-dataset'
import { excerpt, found, number, sorted, type Audit, type AuditFinding } from './audit'
import { crossing } from './crossing'

/** The split of an experiment on recordings, looked into. @throws as reading them does */
export async function auditAudio(spec: AudioSpec, path: string, seed: number, options: ReadOptions = {}): Promise<Audit> {
  const { used, parts, read } = await splitRecordings(spec, path, seed, options)
  const exact = crossing(used.map(({ hash }) => hash), parts)
  const findings: AuditFinding[] = [
    exact.items.length === 0
      ? found('duplicates', 'clean', [0, exact.held], `None of the ${number(exact.held)} held-out recordings stands in the training part${read > used.length ? `; ${number(read - used.length)} that repeat another one are left out` : ''}.`)
      : found('duplicates', 'leak', [exact.items.length, exact.held], `${number(exact.items.length)} of the ${number(exact.held)} held-out recordings stand in the training part too, sample for sample.`,
        spec.repeats === 'all' ? 'Set data.repeats to "once".' : 'They have different labels: settle which is right, or keep them on one side (data.together).', exact.items.map((index) => excerpt(used[index]!.name)),
        [...spec.repeats === 'all' ? [{ label: 'Use repeats once', change: { repeats: 'once' as const } }] : [], ...spec.together === 'none' ? [{ label: 'Keep duplicates on one side', change: { together: 'equal' as const } }] : []]),
    ...groupFindings(),
    found('statistics', 'clean', [0, 0], 'Bands are scaled by the frames of the training part alone.'),
  ]
  return { kind: 'audio', parts: (['train', 'validation', 'test'] as const).map((part) => ({ part, count: parts[part].length })), findings: sorted(findings) }

  function groupFindings(): AuditFinding[] {
    if (spec.group !== undefined) {
      const { items, held } = crossing(used.map(({ group }) => group!), parts)
      return [found('groups', items.length === 0 ? 'clean' : 'leak', [items.length, held], items.length === 0 ? `Each group of ${spec.group} lies in one part whole.` : `${number(items.length)} held-out recordings belong to groups that are trained on.`, items.length === 0 ? null : 'Split by data.group.')]
    }
    const suggestion = suggestGroup(used)
    if (suggestion === null) return [found('groups', 'clean', [0, exact.held], 'File names carry nothing that looks like a speaker or a session.')]
    const pattern = namePattern(suggestion.pattern)
    const { items, keys, held } = crossing(used.map(({ path: file, name }) => groupOf(pattern, { path: file, name })), parts)
    if (items.length === 0) return [found('groups', 'clean', [0, held], `Each of the ${suggestion.groups} groups that file names suggest lies in one part.`)]
    return [found('groups', 'leak', [items.length, held], `${number(items.length)} of the ${number(held)} held-out recordings are of a speaker or session that is trained on, going by the file names (${suggestion.groups} of them); held-out figures flatter a network that knows the voice.`,
      `Split by speaker: set data.group to "${suggestion.pattern}".`, keys.sort().map(excerpt), [{ label: 'Split by speaker', change: { group: suggestion.pattern } }])]
  }
}
