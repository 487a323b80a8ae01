import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { UnrollError } from '@shared/errors'
import type { Experiment } from '@shared/experiment/schema'
import type { SourceChanges } from '@shared/rpc/schemas'
import { listRecordings } from '../audio/list-recordings'
import type { AudioSpec } from '../audio/prepare-audio'
import { fileError, throwIfCancelled } from '../files'
import type { ReadOptions } from '../prepared-dataset'
import { readRecords, type RecordsSpec } from '../records/read-records'
import type { RecordTable } from '../records/record-table'
import { columnsOf } from '../records/split-records'
import { wholeFile } from '../sequences/prepare-tensors'
import type { FileTensor, TensorReader } from '../sequences/tensor-reader'
import { appearedIn, namedDifferences, RowDifferences } from './row-changes'
import { seriesChanges } from './series-changes'
import { textChanges } from './text-changes'

type Found = Omit<SourceChanges, 'same' | 'bytes'>

/**
 * What an import of a changed source would change.
 * @param data what was read, with its source's name in either folder   @param before, after folders of a dataset
 * @throws UnrollError as reading the sources
 */
export async function sourceChanges(experiment: Experiment, before: string, after: { data: Experiment['data']; folder: string }, readTensors: TensorReader, options: ReadOptions = {}): Promise<Found> {
  const { data, task } = experiment
  const now = after.data
  const other = new UnrollError('dataset.kind', `The dataset is of kind ${data.kind}, and what was read again of kind ${now.kind}.`)
  if (data.kind === 'generated' || now.kind === 'generated') throw other
  const [from, to] = [join(before, data.source), join(after.folder, now.source)]
  if (data.kind === 'text' && now.kind === 'text') return textChanges(from, to, options)
  if (data.kind === 'series' && now.kind === 'series') return seriesChanges(from, to, options)
  if (data.kind === 'records' && now.kind === 'records') return recordChanges(data, now, task.output === 'sequence' ? 'sequence' : 'class', from, to, options)
  if (data.kind === 'audio' && now.kind === 'audio') return audioChanges(data, now, from, to, options)
  if (data.kind === 'tensors' && now.kind === 'tensors') {
    const [old, found] = [readTensors(await wholeFile(from, options), from), readTensors(await wholeFile(to, options), to)]
    return tensorChanges(old, found, [data.x, data.y, data.lengths, data.group ?? null].filter((name) => name !== null))
  }
  throw other
}

async function recordChanges(data: RecordsSpec, now: RecordsSpec, targetIs: 'class' | 'sequence', from: string, to: string, options: ReadOptions): Promise<Found> {
  const [old, found] = [await readRecords(from, data, columnsOf(data, targetIs), options), await readRecords(to, now, columnsOf(now, targetIs), options)]
  const names = targetIs === 'class' ? appearedIn(old.targets, found.targets) : { appeared: [], vanished: [] }
  return { length: { before: old.sequences.length, after: found.sequences.length }, unit: 'records', named: 'classes', ...names, types: [], rows: recordRows(old, found), stretch: null }
}

/** Records have no names: one that went and one that came with the same sequence are one that changed. */
export function recordRows(old: Pick<RecordTable, 'sequences' | 'targets' | 'lines'>, now: Pick<RecordTable, 'sequences' | 'targets' | 'lines'>) {
  const left = new Map<string, number[]>()
  const key = ({ sequences, targets }: typeof old, index: number) => `${sequences[index]!}\u0000${targets[index]!}`
  old.sequences.forEach((_, index) => { left.set(key(old, index), [...left.get(key(old, index)) ?? [], index]) })
  const came = now.sequences.flatMap((_, index) => (left.get(key(now, index))?.shift() === undefined ? [index] : []))
  const wentBySequence = new Map<string, number[]>()
  for (const index of [...left.values()].flat().sort((a, b) => a - b)) wentBySequence.set(old.sequences[index]!, [...wentBySequence.get(old.sequences[index]!) ?? [], index])
  const differences = new RowDifferences()
  for (const index of came) {
    const was = wentBySequence.get(now.sequences[index]!)?.shift()
    const place = `line ${now.lines[index]!.toLocaleString('en')}`
    if (was === undefined) differences.add('added', () => ({ place, before: null, after: `${now.sequences[index]!} → ${now.targets[index]!}` }))
    else differences.add('changed', () => ({ place, before: `${old.sequences[was]!} → ${old.targets[was]!}`, after: `${now.sequences[index]!} → ${now.targets[index]!}` }))
  }
  for (const index of [...wentBySequence.values()].flat().sort((a, b) => a - b)) differences.add('removed', () => ({ place: `line ${old.lines[index]!.toLocaleString('en')}`, before: `${old.sequences[index]!} → ${old.targets[index]!}`, after: null }))
  return differences.rows
}

async function audioChanges(data: AudioSpec, now: AudioSpec, from: string, to: string, options: ReadOptions): Promise<Found> {
  const [old, found] = [await listRecordings(from, data, options), await listRecordings(to, now, options)]
  const contents = async (list: typeof old) => {
    const hashes = new Map<string, string>()
    for (const { path, name, label } of list) {
      throwIfCancelled(options.signal)
      hashes.set(name, `${label} ${await hashOf(path)}`)
    }
    return hashes
  }
  const rows = namedDifferences(await contents(old), await contents(found), (content) => `class ${content.slice(0, content.lastIndexOf(' '))}, SHA-256 ${content.slice(content.lastIndexOf(' ') + 1, content.lastIndexOf(' ') + 9)}…`)
  return { length: { before: old.length, after: found.length }, unit: 'recordings', named: 'classes', ...appearedIn(old.map(({ label }) => label), found.map(({ label }) => label)), types: [], rows, stretch: null }
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash).catch((error: unknown) => { throw fileError(path, error) })
  return hash.digest('hex')
}

/** @param read arrays that the dataset reads: a sequence changed when a number of it in one of these did */
export function tensorChanges(old: Readonly<Record<string, FileTensor>>, now: Readonly<Record<string, FileTensor>>, read: readonly string[]): Found {
  const typeOf = ({ dtype, shape }: FileTensor) => `${dtype} [${shape.join(', ')}]`
  const differences = new RowDifferences()
  const countOf = (tensors: typeof old) => tensors[read[0]!]?.shape[0] ?? 0
  const [before, after] = [countOf(old), countOf(now)]
  const compared = read.filter((name) => old[name] !== undefined && now[name] !== undefined)
  for (let row = 0; row < Math.max(before, after); row++) {
    const place = `sequence ${row.toLocaleString('en')}`
    if (row >= before) differences.add('added', () => ({ place, before: null, after: null }))
    else if (row >= after) differences.add('removed', () => ({ place, before: null, after: null }))
    else {
      const changed = compared.filter((name) => !sameRow(old[name]!, now[name]!, row))
      if (changed.length > 0) differences.add('changed', () => ({ place, before: null, after: changed.join(', ') }))
    }
  }
  const types = Object.keys(old).flatMap((name) => (now[name] !== undefined && typeOf(old[name]!) !== typeOf(now[name]) ? [{ name, before: typeOf(old[name]!), after: typeOf(now[name]) }] : []))
  return { length: { before, after }, unit: 'sequences', named: 'arrays', ...appearedIn(Object.keys(old), Object.keys(now)), types, rows: differences.rows, stretch: null }
}

function sameRow(a: FileTensor, b: FileTensor, row: number): boolean {
  const [width, other] = [a.data.length / (a.shape[0] || 1), b.data.length / (b.shape[0] || 1)]
  if (width !== other) return false
  for (let at = row * width; at < (row + 1) * width; at++) if (!Object.is(Number(a.data[at]), Number(b.data[at]))) return false
  return true
}
