import type { PreparedDataset, ReadOptions } from '../prepared-dataset'
import { leaks, leftOutInWords, repeated, unknownSymbols } from './leaks'
import { pairsDataset } from './pairs-dataset'
import type { RecordsSpec } from './read-records'
import { splitRecords } from './split-records'
import { symbolsOf } from './symbols'

/**
 * Records as pairs of sequences of tokens, one to become the other.
 * @throws UnrollError `dataset.*` with file, line and column; `experiment.data` when a column isn't named
 */
export async function preparePairs(spec: RecordsSpec, path: string, seed: number, options: ReadOptions = {}): Promise<PreparedDataset> {
  const { read, table, parts } = await splitRecords(spec, 'sequence', path, seed, options)
  const symbolsIn = (texts: string[]) => texts.map((text) => symbolsOf(text, spec.unit))
  const { dataset, sourceIds } = pairsDataset(path, {
    sources: symbolsIn(table.sequences), targets: symbolsIn(table.targets), parts, token: spec.unit === 'char' ? 'character' : 'word',
  })
  return { ...dataset, warnings: [...leftOutInWords(read), ...repeated(read, table), ...leaks(table, parts, 'sequence'), ...unknownSymbols(parts, sourceIds)] }
}
