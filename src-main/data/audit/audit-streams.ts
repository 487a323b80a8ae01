import type { DataSpec } from '@shared/experiment/schema'
import type { TokenStream, ValueStream } from '../../engine/training/prepared-data'
import type { PreparedDataset } from '../prepared-dataset'
import { excerpt, found, number, type AuditFinding, type Remedy } from './audit'

/** Characters that two passages of a text must share to count as copied, not as idiom. */
const passage = 60
const mostPassages = 5_000_000

/** Passages of the held-out text that stand in the training part, and symbols it has alone. */
export function textFindings(data: TokenStream, vocabulary: readonly string[]): AuditFinding[] {
  const held = [...textOf(data.validation, vocabulary), ...textOf(data.test, vocabulary)].join('')
  const train = [...textOf(data.train, vocabulary)].join('')
  const copied = copiedPassages(train, held)
  const unseen = vocabulary.length - new Set(data.train).size
  return [
    copied.count === 0
      ? found('duplicates', 'clean', [0, copied.of], `No passage of ${passage} characters stands in both the training part and a held-out one.`)
      : found('duplicates', 'leak', [copied.count, copied.of], `${number(copied.count)} of the ${number(copied.of)} stretches of ${passage} held-out characters stand in the training part word for word, so a network that remembers looks better there than it is.`,
        'Take repeated passages out of the text, such as licences, headings and quoted mail.', copied.examples),
    found('windows', 'clean', [0, 0], 'The text is split in time order, and no training window reaches into a held-out part.'),
    unseen === 0
      ? found('statistics', 'clean', [0, vocabulary.length], 'Every symbol of the vocabulary occurs in the training part.')
      : found('statistics', 'note', [unseen, vocabulary.length], `The vocabulary is the whole text's: ${number(unseen)} of its ${number(vocabulary.length)} symbols occur in held-out parts alone. The network can't learn them; no figure gains by it.`),
  ]
}

function* textOf(ids: TokenStream['train'], vocabulary: readonly string[]): Generator<string, void, void> {
  for (let from = 0; from < ids.length; from += 65_536) yield Array.from(ids.subarray(from, from + 65_536), (id) => vocabulary[id]!).join('')
}

/** Held-out stretches, one after the other, that stand anywhere in training: found by every training stretch of that length. */
function copiedPassages(train: string, held: string): { count: number; of: number; examples: string[] } {
  const stretches = new Map<string, number>()
  for (let at = 0; at + passage <= held.length; at += passage) stretches.set(held.slice(at, at + passage), (stretches.get(held.slice(at, at + passage)) ?? 0) + 1)
  const hashes = new Map<number, string[]>()
  for (const stretch of stretches.keys()) {
    const hash = hashAll(stretch)
    hashes.set(hash, [...(hashes.get(hash) ?? []), stretch])
  }
  const copied = new Set<string>()
  // A rolling hash over the training text (Rabin & Karp): one pass, whatever the number of stretches.
  let top = 1
  for (let step = 1; step < passage; step++) top = Math.imul(top, base)
  let hash = hashAll(train.slice(0, passage))
  for (let at = 0; at + passage <= train.length && at < mostPassages * 10; at++) {
    if (at > 0) hash = (Math.imul(hash - Math.imul(train.charCodeAt(at - 1), top) | 0, base) + train.charCodeAt(at + passage - 1)) | 0
    for (const stretch of hashes.get(hash) ?? []) if (train.startsWith(stretch, at)) copied.add(stretch)
  }
  let [count, of] = [0, 0]
  for (const [stretch, times] of stretches) {
    of += times
    if (copied.has(stretch)) count += times
  }
  return { count, of, examples: [...copied].slice(0, 5).map(excerpt) }
}

const base = 1_000_003
const hashAll = (text: string): number => {
  let hash = 0
  for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, base) + text.charCodeAt(at)) | 0
  return hash
}

/** What of a series reaches over the split, and how its scaler was fitted. */
export function seriesFindings(spec: Extract<DataSpec, { kind: 'series' }>, data: ValueStream, { series, warnings, scaler }: PreparedDataset): AuditFinding[] {
  const held = data.validation.rows + data.test.rows
  const reaching = Math.min(held, Math.max(0, spec.horizon - spec.gap))
  const backwards = warnings.filter((warning) => warning.startsWith('Time runs backwards'))
  const labels = series?.labels ?? null
  const inTime: Remedy = { label: 'Put rows in order of time', change: { steps: 'fill', missing: spec.missing === 'refuse' ? 'previous' : spec.missing } }
  const repeats = labels === null ? 0 : labels.length - new Set(labels).size
  return [
    spec.split === 'key' ? found('windows', 'clean', [0, held], 'Each series lies in one part whole, and windows never cross from one to the next.') : reaching === 0
      ? found('windows', 'clean', [0, held], 'The series is split in time order, with a gap that no held-out forecast reaches over.')
      : found('windows', 'note', [reaching, held], `The series is split in time order: no training target is held out. The first ${reaching === 1 ? 'held-out target is' : `${number(reaching)} held-out targets are`} forecast from training rows, as in use.`, null, [], [{ label: `Leave a gap of ${number(spec.horizon)} ${spec.horizon === 1 ? 'row' : 'rows'}`, change: { gap: spec.horizon } }]),
    scaler === null || (scaler.kind === 'none' && scaler.transform === undefined)
      ? found('statistics', 'clean', [0, 0], 'Nothing is fitted: columns are used as they are.')
      : found('statistics', 'clean', [0, 0], `Columns are ${scaler.kind === 'none' ? 'not scaled' : `scaled (${scaler.kind}) by the training rows alone`}${scaler.transform ? '; logarithms, differences and lags look back only, and fit nothing' : ''}.`),
    ...backwards.map((warning) => found('order', 'leak', [1, 1], warning.split(':')[0]!.concat('.'), 'Sort the file with the oldest row first, or set data.steps to "fill".', [], [inTime])),
    ...(repeats > 0 ? [found('duplicates', 'note', [repeats, labels!.length], `${number(repeats)} rows have the time of another row.`, 'Check whether the file holds several series, one below the other, and name the column that tells them apart; else keep the last row of each time (data.steps "fill").', [], spec.key === null && spec.time !== null ? [{ ...inTime, label: 'Keep the last row of each time' }] : [])] : []),
  ]
}
