import type { Experiment } from '@shared/experiment/schema'
import type { Dataset } from '@shared/rpc/schemas'

export const kindInWords = (kind: Dataset['kind']): string => ({ text: 'Text', series: 'Series', records: 'Records', generated: 'Generated' })[kind]

/** What a dataset's length counts. */
export const unitOf = (kind: Dataset['kind']): string => ({ text: 'characters', series: 'rows', records: 'records', generated: 'sequences' })[kind]

/** How the parts are drawn. */
export function splitInWords({ data, task }: Experiment): string {
  if (data.kind === 'text' || data.kind === 'series') return 'in time order: nothing of the future is trained on'
  if (data.kind !== 'records') return 'what is held out is never trained on'
  return task.output === 'sequence' ? 'at random; pairs of one source stay together' : 'at random, class by class'
}

export const partInWords = { train: 'Training', validation: 'Validation', test: 'Test' } as const

export const delimiterInWords: Record<string, string> = { ',': 'Comma  ,', ';': 'Semicolon  ;', '\t': 'Tab  ⇥', '|': 'Bar  |' }

export const scalings = [
  { value: 'standard', label: 'Standard', hint: 'mean 0, deviation 1' },
  { value: 'minmax', label: 'Min–max', hint: 'from 0 to 1' },
  { value: 'robust', label: 'Robust', hint: 'median 0, quartiles 1 apart' },
  { value: 'none', label: 'None', hint: 'the numbers as they are' },
] as const
