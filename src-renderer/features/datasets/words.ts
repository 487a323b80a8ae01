import type { Experiment } from '@shared/experiment/schema'
import type { Dataset } from '@shared/rpc/schemas'

export const kindInWords = (kind: Dataset['kind']): string => ({ text: 'Text', series: 'Series', records: 'Records', audio: 'Audio', generated: 'Generated' })[kind]

/** What a dataset's length counts. */
export const unitOf = (kind: Dataset['kind']): string => ({ text: 'characters', series: 'rows', records: 'records', audio: 'recordings', generated: 'sequences' })[kind]

/** How the parts are drawn. */
export function splitInWords({ data, task }: Experiment): string {
  if (data.kind === 'text' || data.kind === 'series') return 'in time order: nothing of the future is trained on'
  if (data.kind === 'audio') return data.group === undefined ? 'at random, class by class' : 'by group: no speaker stands in two parts'
  if (data.kind !== 'records') return 'what is held out is never trained on'
  if (data.group !== undefined) return `by “${data.group}”: none of it stands in two parts`
  return task.output === 'sequence' ? 'at random; pairs of one source stay together' : 'at random, class by class'
}

export const partInWords = { train: 'Training', validation: 'Validation', test: 'Test' } as const

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
