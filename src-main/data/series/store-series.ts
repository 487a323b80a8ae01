import { createHash } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileSize } from '../files'
import { parquetColumns } from '../parquet/read-parquet'
import type { ReadOptions } from '../prepared-dataset'
import type { SeriesManifest } from '../shards/manifest'
import { damaged, readShard, readShardRows } from '../shards/npy'
import { fileChanged } from '../text/utf8-chunks'
import { numberIn } from './cells'
import { cellsOf, dialectOf, firstLines } from './dialect'
import { Keys } from './keys'
import { describeSeries, profileSeries, type SeriesProfile } from './preview-series'
import { wantedColumns, type Series, type SeriesSpec } from './read-series'
import { missingColumn, missingInStored } from './series-errors'
import type { StoredLines } from './line-shard'
import { seriesFiles, SeriesWriter } from './series-writer'

/**
 * Stores a table as shards: every column of numbers as [rows, columns] float64, so that training on it gives the same bits
 * as training on the source; cells that are no numbers are NaN. The time column also as written, a line a row. Memory
 * doesn't grow with the table. Which columns are numbers the first lines tell; should the rest disagree, it is read again.
 * @throws UnrollError as `previewSeries`; `file.unwritable`, `file.changed`
 */
export async function storeSeries(path: string, spec: SeriesSpec, folder: string, options: ReadOptions = {}): Promise<SeriesManifest> {
  const { names, numeric } = await firstLook(path, spec)
  let stored = await storeColumns(path, spec, folder, numeric, names, options)
  const told = numericIn(stored.profile)
  if (told.join() !== numeric.join()) {
    await Promise.all(Object.values(seriesFiles).map((file) => rm(join(folder, file), { force: true })))
    stored = await storeColumns(path, spec, folder, told, names, options)
    if (numericIn(stored.profile).join() !== told.join()) throw fileChanged(path)
  }
  const { profile, keys, lines, sha256 } = stored
  return {
    shards: 1, kind: 'series',
    source: { name: basename(path), bytes: await fileSize(path), sha256 },
    columns: told.map((field) => profile.profiles[field]!.name),
    values: { file: seriesFiles.values, type: '<f8', shape: [profile.rows, told.length] },
    time: spec.time,
    key: spec.key === null ? null : { column: spec.key, names: keys.names, ids: { file: seriesFiles.keys, type: '<i4', shape: [profile.rows] } },
    lines,
    preview: describeSeries(path, profile, spec),
  }
}

const numericIn = ({ profiles }: SeriesProfile): number[] => profiles.flatMap(({ type }, field) => (type === 'number' ? [field] : []))

/** The names, and the fields that are numbers as far as the first lines tell. */
async function firstLook(path: string, spec: SeriesSpec): Promise<{ names: string[]; numeric: number[] }> {
  const dialect = await dialectOf(path, spec)
  if (dialect.parquet) {
    const columns = await parquetColumns(path)
    const numeric = columns.flatMap((column, field) => (column.numeric ? [field] : []))
    return { names: columns.map(({ name }) => name), numeric: numeric.length > 0 ? numeric : [0] }
  }
  const rows = (await firstLines(path, dialect.encoding)).map((line) => cellsOf(line, dialect.delimiter))
  const names = (rows[0] ?? []).map((cell, field) => (dialect.header && cell.trim() !== '' ? cell.trim() : `column ${field + 1}`))
  const below = dialect.header ? rows.slice(1) : rows
  const numeric = names.flatMap((_name, field) => {
    const numbers = below.filter((row) => !Number.isNaN(numberIn(row[field] ?? '', dialect.decimalComma))).length
    return numbers > 0 && 2 * numbers >= below.length ? [field] : []
  })
  return { names, numeric: numeric.length > 0 ? numeric : [0] }
}

async function storeColumns(path: string, spec: SeriesSpec, folder: string, fields: readonly number[], names: readonly string[], options: ReadOptions): Promise<{ profile: SeriesProfile; keys: Keys; lines: StoredLines; sha256: string }> {
  const hash = createHash('sha256')
  const keys = new Keys()
  const fieldOf = (name: string | null) => (name === null || !names.includes(name) ? null : names.indexOf(name))
  const [clock, key] = [fieldOf(spec.time), fieldOf(spec.key)]
  const writer = await SeriesWriter.create(folder, { values: fields, clock, key: key === null ? null : { field: key, keys } })
  try {
    const profile = await profileSeries(path, spec, { ...options, onChunk: (chunk) => hash.update(chunk) }, { row: (cells, values, line) => writer.row(cells, values, line), chunkDone: () => writer.flush() })
    const lines = await writer.close()
    return { profile, keys, lines, sha256: hash.digest('hex') }
  } catch (error) {
    await writer.abandon()
    throw error
  }
}

/**
 * The wanted columns of a stored series.
 * @throws UnrollError `dataset.column-missing`, `.missing-value` (with the row), `.damaged`, `file.*`, `import.cancelled`
 */
export async function loadSeries(folder: string, manifest: SeriesManifest, spec: SeriesSpec, options: ReadOptions = {}): Promise<Series> {
  const { values, columns: stored, source: { name: source }, time, key } = manifest
  const names = wantedColumns(spec)
  const fields = names.map((name) => {
    const field = stored.indexOf(name)
    if (field < 0) throw missingColumn(source, name, stored)
    return field
  })
  for (const [wanted, kept] of [[spec.time, time], [spec.key, key?.column ?? null]]) if (wanted !== null && wanted !== kept) throw missingColumn(source, wanted!, [...stored, ...kept === null ? [] : [kept!]])
  const [rows, width] = values.shape as [number, number]
  const columns = names.map(() => new Float64Array(rows))
  await readShardRows(join(folder, values.file), values, options, (block, first) => {
    for (let index = 0; index < fields.length; index++) {
      const column = columns[index]!
      for (let row = 0, at = fields[index]!; at < block.length; row++, at += width) column[first + row] = block[at]!
    }
  })
  const lines = await linesIn(folder, manifest, options)
  if (spec.missing === 'refuse') names.forEach((name, index) => {
    const row = columns[index]!.findIndex(Number.isNaN)
    if (row >= 0) throw missingInStored(source, name, row + 1, lines?.[row])
  })
  return {
    rows, columns: new Map(names.map((name, index) => [name, columns[index]!])), lines,
    labels: spec.time === null ? null : await labelsIn(folder, rows),
    keys: spec.key === null ? null : { ids: await readShard(join(folder, key!.ids.file), key!.ids, options) as Int32Array, names: key!.names },
  }
}

async function linesIn(folder: string, { lines, values }: SeriesManifest, options: ReadOptions): Promise<Int32Array | null> {
  if (lines === null) return null
  if (typeof lines === 'number') return Int32Array.from({ length: values.shape[0]! }, (_, row) => lines + row)
  return await readShard(join(folder, lines.file), lines, options) as Int32Array
}

async function labelsIn(folder: string, rows: number): Promise<string[]> {
  const file = join(folder, seriesFiles.labels)
  const labels = (await readFile(file, 'utf8').catch(() => '')).split('\n')
  if (labels.length !== rows + 1) throw damaged(file)
  labels.pop()
  return labels
}
