import type { Experiment } from '@shared/experiment/schema'
import type { Dataset, ReportKind } from '@shared/rpc/schemas'
import { formatBytes, formatCount, formatDuration } from '../../ui/format'

export const kindInWords = (kind: Dataset['kind']): string => ({ text: 'Text', series: 'Series', records: 'Records', audio: 'Audio', tensors: 'Arrays', generated: 'Generated' })[kind]

/** What a dataset's length counts. */
export const unitOf = (kind: Dataset['kind']): string => ({ text: 'characters', series: 'rows', records: 'records', audio: 'recordings', tensors: 'sequences', generated: 'sequences' })[kind]

/** How the parts are drawn. */
export function splitInWords({ data, task }: Experiment): string {
  if (data.kind === 'text') return 'in time order: nothing of the future is trained on'
  if (data.kind === 'series') return data.split === 'key' ? 'series by series: what is held out is never trained on' : 'in time order: nothing of the future is trained on'
  if (data.kind === 'generated') return 'what is held out is never trained on'
  if (data.kind === 'records' && data.split === 'given') return `as “${data.part}” says`
  if (data.group !== undefined) return data.kind === 'audio' ? 'by group: no speaker stands in two parts' : `by “${data.group}”: none of it stands in two parts`
  if (data.split === 'order') return 'in the file’s order: its end is held out'
  if (task.output === 'sequence') return 'at random; pairs of one source stay together'
  return data.split === 'stratified' ? 'at random, class by class' : 'at random'
}

export const partInWords = { train: 'Training', validation: 'Validation', test: 'Test' } as const

/** "3 MiB of 9 MiB · 1,200 rows · 4 s left" @param unit what is counted; null: it isn't said */
export function progressInWords({ bytes, totalBytes, rows, remainingMs }: { bytes: number; totalBytes: number; rows: number; remainingMs: number | null }, unit: string | null): string {
  const parts = [`${formatBytes(bytes)} of ${formatBytes(totalBytes)}`]
  if (rows > 0 && unit !== null) parts.push(`${formatCount(rows)} ${unit}`)
  if (remainingMs !== null) parts.push(`${formatDuration(remainingMs)} left`)
  return parts.join(' · ')
}

/** What a report counts. */
export const reportKinds: Record<ReportKind, { label: string; hint: string }> = {
  'left-out': { label: 'left out', hint: 'They can’t be used' },
  repeat: { label: 'repeat another', hint: 'Alike in everything' },
  contradiction: { label: 'contradict', hint: 'One sequence, several classes or answers' },
  filled: { label: 'values filled', hint: 'By the rule for missing values' },
  inserted: { label: 'steps put in', hint: 'Steps of time without a row' },
  irregular: { label: 'off the steps', hint: 'They count as the nearest step of time' },
  'same-time': { label: 'of one time', hint: 'A later row has the same time' },
  leading: { label: 'before the first value', hint: 'Rows before every column has a value' },
  encoding: { label: 'encodings guessed', hint: 'Neither a mark nor UTF-8' },
  resampled: { label: 'brought to another rate', hint: 'Samples a second' },
}

export const delimiterInWords: Record<string, string> = { ',': 'Comma  ,', ';': 'Semicolon  ;', '\t': 'Tab  ⇥', '|': 'Bar  |' }

export const encodings = [
  { value: 'utf-8', label: 'UTF-8' }, { value: 'utf-16le', label: 'UTF-16, little-endian' }, { value: 'utf-16be', label: 'UTF-16, big-endian' },
  { value: 'windows-1252', label: 'Windows-1252' }, { value: 'iso-8859-1', label: 'Latin-1' },
] as const

export const normalForms = [
  { value: 'none', label: 'As it is' },
  { value: 'NFC', label: 'NFC', hint: 'letter and accent as one character' }, { value: 'NFD', label: 'NFD', hint: 'letter and accent apart' },
  { value: 'NFKC', label: 'NFKC', hint: 'as NFC, look-alikes made the same' }, { value: 'NFKD', label: 'NFKD', hint: 'as NFD, look-alikes made the same' },
] as const

export const missingRules = [
  { value: 'refuse', label: 'End the import', hint: 'and say where the first one is' },
  { value: 'previous', label: 'Value before', hint: 'goes on' },
  { value: 'linear', label: 'Straight line', hint: 'between the neighbours; never across the split' },
] as const

export const scalings = [
  { value: 'standard', label: 'Standard', hint: 'mean 0, deviation 1' },
  { value: 'minmax', label: 'Min–max', hint: 'from 0 to 1' },
  { value: 'robust', label: 'Robust', hint: 'median 0, quartiles 1 apart' },
  { value: 'none', label: 'None', hint: 'the numbers as they are' },
] as const
