import { pairBaselines } from '../../engine/baselines/pair-baselines'
import type { PairPart } from '../../engine/training/prepared-data'
import type { PreparedDataset, ReadOptions } from '../prepared-dataset'
import { leaks, repeated, unknownSymbols } from './leaks'
import { checkSize, padded, readRecords, splitOf, type RecordsSpec } from './prepare-records'
import { withoutRepeats, type RecordTable } from './record-table'
import { splitBySource } from './stratified-split'
import { encoder, fitVocabulary, symbolsOf } from './symbols'

/** What the decoder reads before the first token, and what ends every target. No text has them: they are longer than a symbol. */
export const startSymbol = '<start>'
export const endSymbol = '<end>'

/**
 * Records as pairs of sequences of tokens, one to become the other. Each side has a vocabulary of its own, fitted on the
 * training part alone, in which the unknown symbol is 0; the targets' has start and end besides, 1 and 2. Split at random
 * by `training.seed`; pairs of one source stay together, so that no held-out source was trained on.
 * @throws UnrollError `dataset.*` with file, line and column; `experiment.data` when a column isn't named
 */
export async function preparePairs(spec: RecordsSpec, path: string, seed: number, options: ReadOptions = {}): Promise<PreparedDataset> {
  return pairsOf(await readRecords(path, spec, { sequence: spec.sequence, target: spec.output, targetIs: 'sequence' }, options), spec, path, seed)
}

/** @param source what errors call it */
export function pairsOf(read: RecordTable, spec: Pick<RecordsSpec, 'unit' | 'repeats' | 'validation' | 'test'>, source: string, seed: number): PreparedDataset {
  const table = spec.repeats === 'once' ? withoutRepeats(read) : read
  const count = table.sequences.length
  const parts = splitBySource(table.sequences, spec, seed)
  const symbolsIn = (texts: string[]) => texts.map((text) => symbolsOf(text, spec.unit))
  const [sources, targets] = [symbolsIn(table.sequences), symbolsIn(table.targets)]
  const ofTraining = (list: string[][]) => Array.from(parts.train, (index) => list[index]!)
  const vocabulary = fitVocabulary(ofTraining(sources))
  const outputs = fitVocabulary(ofTraining(targets), [startSymbol, endSymbol])
  const [startToken, endToken] = [1, 2]
  const sourceIds = sources.map(encoder(vocabulary))
  const encode = encoder(outputs)
  const targetIds = targets.map((symbols) => Int32Array.of(...encode(symbols), endToken))
  const longest = (ids: Int32Array[]) => ids.reduce((most, each) => Math.max(most, each.length), 0)
  const [steps, targetSteps] = [longest(sourceIds), longest(targetIds)]
  checkSize(source, count, steps)
  checkSize(source, count, targetSteps)

  const partOf = (indices: Int32Array): PairPart => ({
    count: indices.length,
    source: padded(sourceIds, indices, steps), sourceLengths: indices.map((index) => sourceIds[index]!.length),
    target: padded(targetIds, indices, targetSteps), targetLengths: indices.map((index) => targetIds[index]!.length),
  })
  const [train, validation, test] = [partOf(parts.train), partOf(parts.validation), partOf(parts.test)]
  const measured = validation.count > 0 ? parts.validation : parts.train
  const texts = (list: Int32Array) => Array.from(list, (index) => ({ source: sources[index]!, target: targets[index]!, targetIds: targetIds[index]! }))
  const token = spec.unit === 'char' ? 'character' : 'word'
  return {
    data: { form: 'pairs', inputSize: vocabulary.length, outputSize: outputs.length, steps, targetSteps, startToken, endToken, train, validation, test },
    vocabulary,
    classes: outputs,
    scaler: null,
    baselines: pairBaselines(outputs.length, texts(parts.train), texts(measured)),
    unit: null,
    unitScale: 1,
    series: null,
    split: splitOf(parts),
    length: count,
    inputSize: vocabulary.length,
    outputSize: outputs.length,
    summary: `${count.toLocaleString('en')} pairs of up to ${steps.toLocaleString('en')} and ${(targetSteps - 1).toLocaleString('en')} ${token}s`,
    warnings: [...repeated(read, table), ...leaks(table, parts, 'sequence'), ...unknownSymbols(parts, sourceIds)],
  }
}
