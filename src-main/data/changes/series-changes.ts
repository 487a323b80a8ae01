import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SourceChanges } from '@shared/rpc/schemas'
import type { ReadOptions } from '../prepared-dataset'
import { seriesFiles } from '../series/series-writer'
import { readManifest, type SeriesManifest } from '../shards/manifest'
import { damaged, readShard } from '../shards/npy'
import { appearedIn, RowDifferences } from './row-changes'

/** Which rows of a series came, went or hold other numbers: by time and series where it has them, else by their number. */
export async function seriesChanges(before: string, after: string, options: ReadOptions = {}): Promise<Omit<SourceChanges, 'same' | 'bytes'>> {
  const [old, now] = [await seriesIn(before, options), await seriesIn(after, options)]
  const columns = old.columns.flatMap((name, field) => (now.columns.includes(name) ? [{ name, field, other: now.columns.indexOf(name) }] : []))
  const rowAt = new Map<string, number>()
  for (let row = 0; row < old.rows; row++) rowAt.set(old.nameOf(row), row)
  const differences = new RowDifferences()
  for (let row = 0; row < now.rows; row++) {
    const place = now.nameOf(row)
    const was = rowAt.get(place)
    if (was === undefined) {
      differences.add('added', () => ({ place, before: null, after: columns.map(({ name, other }) => `${name} ${written(now.at(row, other))}`).join(', ') }))
      continue
    }
    rowAt.delete(place)
    const changed = columns.filter(({ field, other }) => !Object.is(old.at(was, field), now.at(row, other)))
    if (changed.length === 0) continue
    differences.add('changed', () => ({
      place, before: changed.map(({ name, field }) => `${name} ${written(old.at(was, field))}`).join(', '), after: changed.map(({ name, other }) => `${name} ${written(now.at(row, other))}`).join(', '),
    }))
  }
  for (const [place, row] of rowAt) differences.add('removed', () => ({ place, before: columns.map(({ name, field }) => `${name} ${written(old.at(row, field))}`).join(', '), after: null }))
  const typeOf = ({ manifest }: typeof old, name: string) => manifest.preview.columns.find((column) => column.name === name)?.type
  const all = ({ manifest }: typeof old) => manifest.preview.columns.map(({ name }) => name)
  return {
    length: { before: old.rows, after: now.rows }, unit: 'rows', named: 'columns', ...appearedIn(all(old), all(now)),
    types: all(old).flatMap((name) => {
      const [was, is] = [typeOf(old, name), typeOf(now, name)]
      return was !== undefined && is !== undefined && was !== is ? [{ name, before: was, after: is }] : []
    }),
    rows: differences.rows, stretch: null,
  }
}

const written = (value: number): string => (Number.isNaN(value) ? 'no number' : String(value))

async function seriesIn(folder: string, options: ReadOptions) {
  const manifest = await readManifest(folder)
  if (manifest?.kind !== 'series') throw damaged(folder)
  const values = await readShard(join(folder, manifest.values.file), manifest.values, options)
  const [rows, width] = manifest.values.shape as [number, number]
  return { manifest, columns: manifest.columns, rows, at: (row: number, field: number): number => values[row * width + field]!, nameOf: await namesIn(folder, manifest, rows, options) }
}

/** Each row's name, no two alike: of rows of one time the second is "…, again". */
async function namesIn(folder: string, { time, key }: SeriesManifest, rows: number, options: ReadOptions): Promise<(row: number) => string> {
  const labels = time === null ? null : (await readFile(join(folder, seriesFiles.labels), 'utf8')).split('\n')
  const keys = key && await readShard(join(folder, key.ids.file), key.ids, options)
  if (labels === null && keys === null) return (row) => `row ${(row + 1).toLocaleString('en')}`
  const met = new Map<string, number>()
  const names = Array.from({ length: rows }, (_, row) => {
    const own = key && keys ? key.names[keys[row]!]! : ''
    // Without a time the rows of one series are told apart by their order alone.
    const name = labels === null ? own : own === '' ? labels[row]! : `${own}, ${labels[row]!}`
    const times = (met.get(name) ?? 0) + 1
    met.set(name, times)
    return labels === null ? `${name}, row ${times.toLocaleString('en')}` : times === 1 ? name : `${name} (${times.toLocaleString('en')})`
  })
  return (row) => names[row]!
}
