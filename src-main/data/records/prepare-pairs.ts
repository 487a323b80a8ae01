import type { PreparedDataset, ReadOptions } from '../prepared-dataset'
import { leaks, repeated, unknownSymbols } from './leaks'
import { pairsDataset } from './pairs-dataset'
import { readRecords, type RecordsSpec } from './prepare-records'
import { withoutRepeats } from './record-table'
import { splitBySource } from './stratified-split'
import { symbolsOf } from './symbols'

/**
 * Records as pairs of sequences of tokens, one to become the other. Split at random by `training.seed`; pairs of one source
 * stay together, so that no held-out source was trained on.
 * @throws UnrollError `dataset.*` with file, line and column; `experiment.data` when a column isn't named
 */
export async function preparePairs(spec: RecordsSpec, path: string, seed: number, options: ReadOptions = {}): Promise<PreparedDataset> {
  const read = await readRecords(path, spec, { sequence: spec.sequence, target: spec.output, targetIs: 'sequence' }, options)
  const table = spec.repeats === 'once' ? withoutRepeats(read) : read
  const parts = splitBySource(table.sequences, spec, seed)
  const symbolsIn = (texts: string[]) => texts.map((text) => symbolsOf(text, spec.unit))
  const { dataset, sourceIds } = pairsDataset(path, {
    sources: symbolsIn(table.sequences), targets: symbolsIn(table.targets), parts, token: spec.unit === 'char' ? 'character' : 'word',
  })
  return { ...dataset, warnings: [...repeated(read, table), ...leaks(table, parts, 'sequence'), ...unknownSymbols(parts, sourceIds)] }
}
