import { pairBaselines } from '../../engine/baselines/pair-baselines'
import type { PairPart } from '../../engine/training/prepared-data'
import type { PreparedDataset } from '../prepared-dataset'
import { checkSize, padded, splitOf } from './padded-rows'
import type { Parts } from './stratified-split'
import { encoder, fitVocabulary } from './symbols'

/** What the decoder reads before the first token, and what ends every target. No text has them: they are longer than a symbol. */
export const startSymbol = '<start>'
export const endSymbol = '<end>'

export interface SymbolPairs {
  sources: string[][]
  targets: string[][]
  parts: Parts
  /** What a symbol is: "character", "word". */
  token: string
}

/**
 * Pairs of sequences of symbols as pairs of sequences of tokens. Each side has a vocabulary of its own, fitted on the
 * training part alone, in which the unknown symbol is 0; the targets' has start and end besides, 1 and 2.
 * @param name what the data is called in errors
 * @returns the dataset, without warnings, and the sources' token ids
 * @throws UnrollError `dataset.too-large`
 */
export function pairsDataset(name: string, { sources, targets, parts, token }: SymbolPairs): { dataset: PreparedDataset; sourceIds: Int32Array[] } {
  const count = sources.length
  const ofTraining = (list: string[][]) => Array.from(parts.train, (index) => list[index]!)
  const vocabulary = fitVocabulary(ofTraining(sources))
  const outputs = fitVocabulary(ofTraining(targets), [startSymbol, endSymbol])
  const [startToken, endToken] = [1, 2]
  const sourceIds = sources.map(encoder(vocabulary))
  const encode = encoder(outputs)
  const targetIds = targets.map((symbols) => Int32Array.of(...encode(symbols), endToken))
  const longest = (ids: Int32Array[]) => ids.reduce((most, each) => Math.max(most, each.length), 0)
  const [steps, targetSteps] = [longest(sourceIds), longest(targetIds)]
  checkSize(name, count, steps)
  checkSize(name, count, targetSteps)

  const partOf = (indices: Int32Array): PairPart => ({
    count: indices.length,
    source: padded(sourceIds, indices, steps), sourceLengths: indices.map((index) => sourceIds[index]!.length),
    target: padded(targetIds, indices, targetSteps), targetLengths: indices.map((index) => targetIds[index]!.length),
  })
  const [train, validation, test] = [partOf(parts.train), partOf(parts.validation), partOf(parts.test)]
  const measured = validation.count > 0 ? parts.validation : parts.train
  const texts = (list: Int32Array) => Array.from(list, (index) => ({ source: sources[index]!, target: targets[index]!, targetIds: targetIds[index]! }))
  const dataset: PreparedDataset = {
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
    warnings: [],
  }
  return { dataset, sourceIds }
}
