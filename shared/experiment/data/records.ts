import { z } from 'zod'
import { splitKeys, splitSeed } from './keys'

/** One sequence a record: a CSV, TSV or JSON Lines file, or a folder of .txt files, a sequence a line, labelled by file name. */
export const recordsDataSchema = z.object({
  kind: z.literal('records'),
  source: z.string().min(1),
  /** Columns (keys) of the sequence, and of its class or of the sequence it becomes. Not needed for a folder. */
  sequence: z.string().min(1).optional(),
  label: z.string().min(1).optional(),
  output: z.string().min(1).optional(),
  unit: z.enum(['char', 'word']).default('char'),
  /** Records that repeat another exactly: used once, so that none stands in two parts of the split; or as often as they stand. */
  repeats: z.enum(['once', 'all']).default('once'),
  /** Column (key) of what keeps records in one part of the split, such as an author or a patient. */
  group: z.string().min(1).optional(),
  /**
   * How the parts are drawn where no group is named: at random class by class (pairs: at random), at random, in the file's
   * order, or as the column `part` says.
   */
  split: z.enum(['stratified', 'random', 'order', 'given']).default('stratified'),
  /** Column (key) that says which part a record is of: train, validation (valid, val, dev) or test. */
  part: z.string().min(1).optional(),
  splitSeed,
  /** What stays in one part besides groups: sequences that are equal, or alike but for case, accents, punctuation and spaces. Pairs of one source always do. */
  together: z.enum(['none', 'equal', 'alike']).default('none'),
  /** Sequences that have several classes (answers). */
  contradictions: z.enum(['keep', 'leave-out']).default('keep'),
  /** Records that can't be used: the first one ends the import, or they are left out and told. */
  faulty: z.enum(['refuse', 'leave-out']).default('refuse'),
  /** How a table is written; guessed from its first lines when absent. */
  delimiter: z.enum([',', ';', '\t', '|']).optional(),
  header: z.boolean().optional(),
  ...splitKeys,
})
