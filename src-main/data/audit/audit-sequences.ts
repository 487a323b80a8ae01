import { createHash } from 'node:crypto'
import type { DataSpec } from '@shared/experiment/schema'
import { generators } from '@shared/experiment/generators'
import type { Part, SequencePairs, SequencePart, SequenceSet } from '../../engine/training/prepared-data'
import { found, number, type AuditFinding, type Remedy } from './audit'

/** Steps that two sequences must share to count as overlapping windows, and training stretches remembered. */
const sharedSteps = 8
const mostStretches = 4_000_000

/** Exact duplicates and overlapping windows across the split of any set of sequences, by what the network reads. */
export function sequenceFindings(data: SequenceSet, spec: DataSpec): AuditFinding[] {
  const rows = (part: Part) => rowsOf(data, data[part])
  const trained = new Set(rows('train').map(hashOf))
  const held = [...rows('validation'), ...rows('test')]
  const exact = held.filter((row) => trained.has(hashOf(row))).length
  const findings = [exact === 0
    ? found('duplicates', 'clean', [0, held.length], `None of the ${number(held.length)} held-out sequences stands in the training part.`)
    : found('duplicates', 'leak', [exact, held.length], `${number(exact)} of the ${number(held.length)} held-out sequences stand in the training part too, number for number.`,
      spec.kind === 'generated' ? 'There are too few different sequences of this length: raise data.steps, or ask for fewer examples.' : 'Set data.together to "equal": equal sequences then stay on one side.', [], duplicateRemedies(spec))]
  if (data.input === 'values') findings.push(windows(data, held, rows('train'), spec))
  return findings
}

function duplicateRemedies(spec: DataSpec): Remedy[] {
  if (spec.kind === 'tensors') return [{ label: 'Keep duplicates on one side', change: { together: 'equal' } }]
  if (spec.kind !== 'generated' || generators[spec.generator].steps === null || spec.steps > 5000) return []
  return [{ label: `Make them ${number(2 * spec.steps)} steps long`, change: { steps: 2 * spec.steps } }]
}

export function pairFindings(data: SequencePairs): AuditFinding[] {
  const rows = ({ source, sourceLengths, count }: SequencePairs['train']) => Array.from({ length: count }, (_, row) => source.subarray(row * data.steps, row * data.steps + sourceLengths[row]!))
  const trained = new Set(rows(data.train).map(hashOf))
  const held = [...rows(data.validation), ...rows(data.test)]
  const exact = held.filter((row) => trained.has(hashOf(row))).length
  return [found('duplicates', exact === 0 ? 'clean' : 'leak', [exact, held.length], exact === 0 ? `None of the ${number(held.length)} held-out sources stands in the training part.` : `${number(exact)} of the ${number(held.length)} held-out sources stand in the training part too.`, exact === 0 ? null : 'Ask for fewer examples, or more different ones.')]
}

/** A stretch of values that recurs exactly is no chance: both were cut from one series. */
function windows({ inputSize, steps }: SequenceSet, held: readonly Row[], train: readonly Row[], spec: DataSpec): AuditFinding {
  const length = Math.min(sharedSteps, Math.max(2, Math.floor(steps / 2))) * inputSize
  const known = new Set<string>()
  for (const row of train) {
    for (let at = 0; at + length <= row.length && known.size < mostStretches; at += inputSize) {
      const stretch = row.subarray(at, at + length)
      if (!isLevel(stretch, inputSize)) known.add(hashOf(stretch))
    }
  }
  const overlaps = held.map((row) => {
    for (let at = 0; at + length <= row.length; at += inputSize) if (known.has(hashOf(row.subarray(at, at + length)))) return true
    return false
  })
  const overlapping = overlaps.filter(Boolean).length
  const stretch = length / inputSize
  return overlapping === 0
    ? found('windows', 'clean', [0, held.length], `No held-out sequence shares ${stretch} steps in a row with a training one, as overlapping windows of one series would.`)
    : found('windows', 'leak', [overlapping, held.length], `${number(overlapping)} of the ${number(held.length)} held-out sequences share ${stretch} steps in a row or more with training ones, as overlapping windows of one series do.`,
      'Cut the series into windows after splitting it in time, or import it as a series, whose windows never cross the split.', [], spec.kind === 'tensors' ? [gapAgainst(overlaps, spec)] : [])
}

/** Windows in the order of time overlap those next to them: as many sequences are left out as reach over. Drawn at random, they are put in order first. */
function gapAgainst(overlaps: readonly boolean[], { split, gap }: Extract<DataSpec, { kind: 'tensors' }>): Remedy {
  if (split !== 'order') return { label: 'Split in the file\'s order', change: { split: 'order' } }
  const reaching = Math.max(1, overlaps.lastIndexOf(true) + 1)
  return { label: `Leave a gap of ${number(gap + reaching)} sequences`, change: { gap: gap + reaching } }
}

type Row = Float32Array | Int32Array

function rowsOf({ steps, input, inputSize }: SequenceSet, { x, lengths, count }: SequencePart): Row[] {
  const width = input === 'tokens' ? 1 : inputSize
  return Array.from({ length: count }, (_, row) => x.subarray(row * steps * width, (row * steps + (lengths?.[row] ?? steps)) * width))
}

/** Zeros, silence and padding recur without meaning anything. */
function isLevel(stretch: Row, width: number): boolean {
  for (let at = width; at < stretch.length; at++) if (stretch[at] !== stretch[at - width]) return false
  return true
}

const hashOf = (row: Row): string => createHash('md5').update(new Uint8Array(row.buffer, row.byteOffset, row.byteLength)).digest('base64')
