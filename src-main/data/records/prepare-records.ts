import { bagBaselines } from '../../engine/baselines/bag-baselines'
import { majorityBaseline } from '../../engine/baselines/class-baselines'
import type { SequencePart } from '../../engine/training/prepared-data'
import type { PreparedDataset, ReadOptions } from '../prepared-dataset'
import { checkClasses } from './check-classes'
import { classesWithoutTraining } from './group-split'
import { leaks, leftOutInWords, repeated, unknownSymbols } from './leaks'
import { checkSize, padded, splitOf } from './padded-rows'
import type { RecordsSpec } from './read-records'
import { splitRecords } from './split-records'
import { encoder, fitVocabulary, symbolsOf } from './symbols'

/**
 * Records as sequences of tokens with a class each. The vocabulary is fitted on the training part alone; what it lacks
 * reads as the unknown symbol, id 0.
 * @throws UnrollError `dataset.*` with file, line and column; `experiment.data` when a column isn't named
 */
export async function prepareRecords(spec: RecordsSpec, path: string, seed: number, options: ReadOptions = {}): Promise<PreparedDataset> {
  const { read, table, parts } = await splitRecords(spec, 'class', path, seed, options)
  const count = table.sequences.length
  const classes = [...new Set(table.targets)].sort()
  checkClasses(path, classes, count)
  const classOf = new Map(classes.map((name, id) => [name, id]))
  const y = Int32Array.from(table.targets, (name) => classOf.get(name)!)

  const symbols = table.sequences.map((sequence) => symbolsOf(sequence, spec.unit))
  const vocabulary = fitVocabulary(Array.from(parts.train, (index) => symbols[index]!))
  const ids = symbols.map(encoder(vocabulary))
  const steps = ids.reduce((longest, each) => Math.max(longest, each.length), 0)
  checkSize(path, count, steps)
  const partOf = (indices: Int32Array): SequencePart => ({ count: indices.length, x: padded(ids, indices, steps), y: Int32Array.from(indices, (index) => y[index]!), lengths: Int32Array.from(indices, (index) => ids[index]!.length) })
  const [train, validation, test] = [partOf(parts.train), partOf(parts.validation), partOf(parts.test)]
  const measured = validation.count > 0 ? validation : train
  const sizes = { vocabulary: vocabulary.length, classes: classes.length, steps, token: spec.unit === 'char' ? 'character' : 'word' }
  return {
    data: { form: 'sequences', input: 'tokens', target: 'classes', inputSize: vocabulary.length, outputSize: classes.length, steps, train, validation, test },
    vocabulary,
    classes,
    scaler: null,
    baselines: [...bagBaselines(sizes, train, measured), majorityBaseline(classes.length, train.y, measured.y)].sort((a, b) => a.loss - b.loss),
    unit: null,
    unitScale: 1,
    series: null,
    split: splitOf(parts),
    length: count,
    inputSize: vocabulary.length,
    outputSize: classes.length,
    summary: `${count.toLocaleString('en')} sequences of up to ${steps.toLocaleString('en')} ${sizes.token}s, ${classes.length.toLocaleString('en')} classes`,
    warnings: [...leftOutInWords(read), ...repeated(read, table), ...leaks(table, parts, 'class'), ...classesWithoutTraining(classes, table.targets, parts), ...unknownSymbols(parts, ids)],
  }
}
