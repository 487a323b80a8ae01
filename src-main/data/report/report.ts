import { basename } from 'node:path'
import type { Experiment } from '@shared/experiment/schema'
import { hearRecordings } from '../audio/hear-recordings'
import { listRecordings } from '../audio/list-recordings'
import type { AudioSpec } from '../audio/prepare-audio'
import { pathOf, splitSeedOf } from '../prepare'
import type { ReadOptions } from '../prepared-dataset'
import { readRecords, type RecordsSpec } from '../records/read-records'
import { contradictionsIn, repeatsIn, type RecordTable } from '../records/record-table'
import { columnsOf, usedOf } from '../records/split-records'
import type { SeriesSpec } from '../series/read-series'
import { fillMissing, type RepairKind, type RepairedRow } from '../series/repair'
import { readAndCheck, type TensorsSpec } from '../sequences/prepare-tensors'
import type { TensorReader } from '../sequences/tensor-reader'
import { splitSeries } from '../series/split-series'
import { readManifest } from '../shards/manifest'
import { TextSource } from '../text/text-source'
import { mostRows, ReportLog, type SourceReport } from './report-log'
import { logTensors } from './tensor-rows'

/**
 * What of an experiment's source was read, repaired and left out, row by row: the first 200,000 are named, all are counted.
 * @param folder what `data.source` is relative to
 * @throws UnrollError as preparing the data does
 */
export async function reportOf(experiment: Experiment, folder: string, readTensors: TensorReader, options: ReadOptions = {}): Promise<SourceReport> {
  const { data, task, training } = experiment
  const path = pathOf(data, folder)
  switch (data.kind) {
    case 'records': return ofRecords(data, task.output === 'sequence' ? 'sequence' : 'class', path, options)
    case 'series': return ofSeries(data, path, splitSeedOf(data, training.seed), options)
    case 'audio': return ofAudio(data, path, options)
    case 'text': return ofText(data, path)
    case 'tensors': return ofTensors(data, task, path, readTensors, options)
    // Made as it is asked for.
    case 'generated': return new ReportLog().report('sequences', 0, 0)
  }
}

async function ofRecords(spec: RecordsSpec, targetIs: 'class' | 'sequence', path: string, options: ReadOptions): Promise<SourceReport> {
  const log = new ReportLog()
  const read = await readRecords(path, spec, { ...columnsOf(spec, targetIs), mostLeftOut: mostRows }, options)
  for (const { line, reason } of read.leftOut?.rows ?? []) log.add('left-out', { line, wrong: reason, done: 'Left out' })
  log.count('left-out', (read.leftOut?.count ?? 0) - (read.leftOut?.rows.length ?? 0))
  const repeats = repeatsIn(read)
  for (const [index, first] of repeats) {
    log.add('repeat', { ...at(read, index), wrong: `${excerpt(read.sequences[index]!)} repeats ${whereIs(read, first)} exactly.`, done: spec.repeats === 'once' ? 'Left out' : 'Used again' })
  }
  const once = spec.repeats === 'once'
  const torn = contradictionsIn(read)
  const targets = targetsOf(read, torn)
  read.sequences.forEach((sequence, index) => {
    if (!torn.has(sequence) || (once && repeats.has(index))) return
    const all = targets.get(sequence)!
    log.add('contradiction', { ...at(read, index), wrong: `${excerpt(sequence)} has ${all.length} ${targetIs === 'class' ? 'classes' : 'answers'}: ${all.slice(0, 5).map(excerpt).join(', ')}.`, done: spec.contradictions === 'keep' ? 'Kept' : 'Left out' })
  })
  return log.report('records', read.sequences.length + (read.leftOut?.count ?? 0), usedOf(read, spec).sequences.length)
}

function targetsOf({ sequences, targets }: RecordTable, of: ReadonlySet<string>): Map<string, string[]> {
  const found = new Map<string, string[]>()
  sequences.forEach((sequence, index) => {
    if (!of.has(sequence)) return
    const own = found.get(sequence) ?? []
    if (!own.includes(targets[index]!)) found.set(sequence, [...own, targets[index]!])
  })
  return found
}

const at = ({ files, lines }: RecordTable, index: number) => ({ file: files?.[index] ?? null, line: lines[index]! })
const whereIs = ({ files, lines }: RecordTable, index: number): string => `line ${lines[index]!.toLocaleString('en')}${files === undefined ? '' : ` of ${files[index]!}`}`
const excerpt = (text: string): string => `“${text.length > 60 ? `${text.slice(0, 57)}…` : text}”`

const repaired: Record<RepairKind, (row: RepairedRow) => { wrong: string; done: string }> = {
  'same-time': () => ({ wrong: 'A later row has the same time.', done: 'Left out' }),
  inserted: () => ({ wrong: 'This step of time has no row.', done: 'Got a row of missing values' }),
  irregular: () => ({ wrong: 'The row stands off the steps of time.', done: 'Counts as the nearest step' }),
  leading: () => ({ wrong: 'Not every column has had a value yet.', done: 'Left out' }),
  filled: ({ column, value }) => ({ wrong: `“${column}” has no value.`, done: `Filled with ${Number(value!.toPrecision(7))}` }),
}

async function ofSeries(spec: SeriesSpec, path: string, seed: number, options: ReadOptions): Promise<SourceReport> {
  const log = new ReportLog()
  const take = (kind: RepairKind, row: RepairedRow) => log.add(kind, { line: row.line || null, place: row.series ? `${row.series}, ${row.place}` : row.place, ...repaired[kind](row) })
  const { each, bounds } = await splitSeries(spec, path, seed, options, take)
  const used = each.reduce((all, { series }) => all + series.rows, 0)
  // What was put in and what was left out, taken back from what there is now.
  const read = used + each.reduce((all, { report: { inserted, repeated, leading } }) => all - inserted.count + repeated.count + leading, 0)
  if (spec.missing !== 'refuse') {
    each.forEach(({ name, series, report: own }, index) => fillMissing(series.columns, spec.missing as 'previous' | 'linear', [bounds[index]!.trainEnd, bounds[index]!.validationEnd],
      (row) => series.labels?.[row] ?? `row ${(row + 1).toLocaleString('en')}`, own, (kind, row) => take(kind, { ...row, series: name, line: series.lines?.[row.at!] ?? 0 })))
  }
  return log.report('rows', read, used)
}

/** Either all read, or refused; what stands there twice is told. */
async function ofTensors(spec: TensorsSpec, task: Experiment['task'], path: string, read: TensorReader, options: ReadOptions): Promise<SourceReport> {
  const log = new ReportLog()
  const checked = await readAndCheck(spec, task, path, read, options)
  logTensors(log, checked, spec)
  return log.report('sequences', checked.count, checked.count)
}

async function ofAudio(spec: AudioSpec, path: string, options: ReadOptions): Promise<SourceReport> {
  const log = new ReportLog()
  const { heard, leftOut, settings } = await hearRecordings(await listRecordings(path, spec, options), spec, options)
  for (const { name, reason } of leftOut) log.add('left-out', { file: name, wrong: reason, done: 'Left out' })
  const first = new Map<string, string>()
  let repeats = 0
  for (const { name, label, hash, rate } of heard) {
    const before = first.get(`${hash} ${label}`)
    if (before === undefined) first.set(`${hash} ${label}`, name)
    else {
      repeats++
      log.add('repeat', { file: name, wrong: `Repeats ${before} sample for sample.`, done: spec.repeats === 'once' ? 'Left out' : 'Used again' })
      if (spec.repeats === 'once') continue
    }
    if (rate !== settings.rate) log.add('resampled', { file: name, wrong: `Has ${rate.toLocaleString('en')} samples a second.`, done: `Brought to ${settings.rate.toLocaleString('en')}` })
  }
  return log.report('recordings', heard.length + leftOut.length, heard.length - (spec.repeats === 'once' ? repeats : 0))
}

async function ofText(spec: Extract<Experiment['data'], { kind: 'text' }>, path: string): Promise<SourceReport> {
  const log = new ReportLog()
  const stored = await readManifest(path)
  if (stored?.kind === 'text') {
    for (const warning of stored.warnings) log.add('encoding', { wrong: warning, done: `Read as ${stored.read.encoding}` })
    return log.report(spec.unit === 'word' ? 'words' : spec.unit === 'byte' ? 'bytes' : 'characters', stored.tokens.shape[0]!, stored.tokens.shape[0]!)
  }
  const source = await TextSource.open(path, spec)
  for (const warning of source.warnings) log.add('encoding', { file: basename(path), wrong: warning, done: `Read as ${source.encoding}` })
  return log.report('bytes', source.bytes, source.bytes)
}
