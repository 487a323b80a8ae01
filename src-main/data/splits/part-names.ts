import type { Parts } from '../records/stratified-split'

const partNames: Record<string, keyof Parts> = {
  train: 'train', training: 'train', validation: 'validation', valid: 'validation', val: 'validation', dev: 'validation', development: 'validation', test: 'test', testing: 'test',
}

/** The part that a cell of a split column names, whatever its case; null when it names none. */
export const partNamed = (cell: string): keyof Parts | null => partNames[cell.trim().toLowerCase()] ?? null
