import { stat } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { UnrollError } from '@shared/errors'
import type { DataSpec } from '@shared/experiment/schema'
import { bagBaselines } from '../../engine/baselines/bag-baselines'
import { majorityBaseline } from '../../engine/baselines/class-baselines'
import type { SequencePart } from '../../engine/training/prepared-data'
import { fileError } from '../files'
import type { PreparedDataset, ReadOptions } from '../prepared-dataset'
import { readFolderRecords } from './folder-records'
import { readJsonRecords } from './json-records'
import { leaks, repeated, unknownSymbols } from './leaks'
import { checkSize, padded, splitOf } from './padded-rows'
import { withoutRepeats, type RecordColumns, type RecordTable } from './record-table'
import { stratifiedSplit } from './stratified-split'
import { encoder, fitVocabulary, symbolsOf } from './symbols'
import { readTableRecords } from './table-records'

export type RecordsSpec = Extract<DataSpec, { kind: 'records' }>

const mostClasses = 10_000

/**
 * Records as sequences of tokens with a class each. The vocabulary is fitted on the training part alone; what it lacks
 * reads as the unknown symbol, id 0. Split at random class by class, by `training.seed`.
 * @throws UnrollError `dataset.*` with file, line and column; `experiment.data` when a column isn't named
 */
export async function prepareRecords(spec: RecordsSpec, path: string, seed: number, options: ReadOptions = {}): Promise<PreparedDataset> {
  const read = await readRecords(path, spec, { sequence: spec.sequence, target: spec.label, targetIs: 'class' }, options)
  const table = spec.repeats === 'once' ? withoutRepeats(read) : read
  const count = table.sequences.length
  const classes = [...new Set(table.targets)].sort()
  checkClasses(path, classes, count)
  const classOf = new Map(classes.map((name, id) => [name, id]))
  const y = Int32Array.from(table.targets, (name) => classOf.get(name)!)
  const parts = stratifiedSplit(y, spec, seed)

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
    warnings: [...repeated(read, table), ...leaks(table, parts, 'class'), ...unknownSymbols(parts, ids)],
  }
}

/** Reads a folder, a JSON Lines file or a table, whichever the path is. */
export async function readRecords(path: string, spec: Pick<RecordsSpec, 'delimiter' | 'header'>, columns: RecordColumns, options: ReadOptions = {}): Promise<RecordTable> {
  const found = await stat(path).catch((error: unknown) => { throw fileError(path, error) })
  if (found.isDirectory()) return readFolderRecords(path, options)
  const ending = extname(path).toLowerCase()
  if (ending === '.jsonl' || ending === '.ndjson') return readJsonRecords(path, columns, options)
  return readTableRecords(path, columns, spec, options)
}

function checkClasses(path: string, classes: readonly string[], count: number): void {
  const name = basename(path)
  if (classes.length < 2) {
    throw new UnrollError('dataset.classes', `All ${count} records of ${name} have the class ${JSON.stringify(classes[0])}; telling classes apart takes at least two.`, { hint: 'Name another column as data.label, or add records of another class.', where: { file: path, parameter: 'data.label' } })
  }
  if (classes.length > mostClasses) {
    throw new UnrollError('dataset.classes', `The ${count.toLocaleString('en')} records of ${name} have ${classes.length.toLocaleString('en')} different classes; up to ${mostClasses.toLocaleString('en')} are sensible.`, { hint: 'Name a column with classes as data.label; a column with sequences belongs in data.output.', where: { file: path, parameter: 'data.label' } })
  }
}
