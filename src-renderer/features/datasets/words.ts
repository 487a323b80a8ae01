import type { Dataset } from '@shared/rpc/schemas'

export const kindInWords = (kind: Dataset['kind']): string => ({ text: 'Text', series: 'Series', generated: 'Generated' })[kind]

/** What a dataset's length counts. */
export const unitOf = (kind: Dataset['kind']): string => ({ text: 'characters', series: 'rows', generated: 'sequences' })[kind]

export const partInWords = { train: 'Training', validation: 'Validation', test: 'Test' } as const

export const delimiterInWords: Record<string, string> = { ',': 'Comma  ,', ';': 'Semicolon  ;', '\t': 'Tab  ⇥', '|': 'Bar  |' }

export const scaleInWords = { standard: 'Standard: mean 0, deviation 1', minmax: 'Min–max: 0 to 1', none: 'As they are' } as const
