import type { Dataset } from '@shared/rpc/schemas'

export const kindInWords = (kind: Dataset['kind']): string => ({ text: 'Text', series: 'Series', generated: 'Generated' })[kind]

/** What a dataset's length counts. */
export const unitOf = (kind: Dataset['kind']): string => ({ text: 'characters', series: 'rows', generated: 'sequences' })[kind]

export const partInWords = { train: 'Training', validation: 'Validation', test: 'Test' } as const

export const delimiterInWords: Record<string, string> = { ',': 'Comma  ,', ';': 'Semicolon  ;', '\t': 'Tab  ⇥', '|': 'Bar  |' }

export const scalings = [
  { value: 'standard', label: 'Standard', hint: 'mean 0, deviation 1' },
  { value: 'minmax', label: 'Min–max', hint: 'from 0 to 1' },
  { value: 'none', label: 'None', hint: 'the numbers as they are' },
] as const
