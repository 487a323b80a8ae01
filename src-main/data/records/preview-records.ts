import { stat } from 'node:fs/promises'
import { extname } from 'node:path'
import type { RecordColumn, RecordsOptions, RecordsPreview } from '@shared/rpc/schemas'
import { fileError } from '../files'
import type { ReadOptions } from '../prepared-dataset'
import { readRows } from '../series/csv-rows'
import { profileJson } from './json-records'
import { readRecords } from './read-records'
import { guessRoles, RecordColumnProfile, type Roles } from './record-columns'
import { recordDialect } from './record-dialect'
import { noTarget } from './record-errors'
import { contradictionsIn, withoutRepeats, type RecordTable } from './record-table'
import { sideOf } from './sequence-side'

const shown = 50
const mostClasses = 200

/**
 * What an import as records would give; roles that `chosen` leaves out are guessed.
 * @throws UnrollError `dataset.*` with file, line and column; `file.*`; `import.cancelled`
 */
export async function previewRecords(path: string, chosen: RecordsOptions, options: ReadOptions = {}): Promise<RecordsPreview> {
  const form = await formOf(path)
  const faulty = chosen.faulty ?? 'refuse'
  const dialect = form === 'table' ? await recordDialect(path, chosen) : null
  const { columns, rows } = form === 'folder' ? { columns: [], rows: 0 } : form === 'table' ? await profileTable(path, dialect!, options, faulty === 'leave-out') : await profileJson(path, options, faulty === 'leave-out')
  const roles: Roles = form === 'folder' ? { sequence: null, target: null, targetIs: 'class' } : guessRoles(columns, rows, chosen)
  if (form !== 'folder' && (roles.sequence === null || roles.target === null)) throw noTarget(path, columns.map(({ name }) => name))
  const { sequence, target, targetIs } = roles
  const table = await readRecords(path, { ...dialect && { delimiter: dialect.delimiter, header: dialect.header } }, { sequence: sequence ?? undefined, target: target ?? undefined, targetIs, leaveOut: faulty === 'leave-out' }, options)
  const unit = chosen.unit ?? 'char'
  const group = columns.some(({ name }) => name === chosen.group) ? chosen.group ?? null : null
  return {
    kind: 'records', form, records: table.sequences.length, delimiter: dialect?.parquet ? 'parquet' : dialect?.delimiter ?? null, header: dialect?.header ?? null, columns,
    chosen: { sequence, target, targetIs, group, unit, repeats: chosen.repeats ?? 'once', faulty },
    leftOut: { count: table.leftOut?.count ?? 0, first: table.leftOut?.rows[0]?.reason ?? null },
    first: table.sequences.slice(0, shown).map((text, index) => ({ sequence: text, target: table.targets[index]!, line: table.lines[index]! })),
    sequences: sideOf(table.sequences, unit),
    targets: targetIs === 'sequence' ? sideOf(table.targets, unit) : null,
    classes: targetIs === 'class' ? classesOf(table) : null,
    repeated: table.sequences.length - withoutRepeats(table).sequences.length,
    torn: contradictionsIn(table).size,
  }
}

async function formOf(path: string): Promise<RecordsPreview['form']> {
  const found = await stat(path).catch((error: unknown) => { throw fileError(path, error) })
  return found.isDirectory() ? 'folder' : ['.jsonl', '.ndjson'].includes(extname(path).toLowerCase()) ? 'json-lines' : 'table'
}

async function profileTable(path: string, dialect: Awaited<ReturnType<typeof recordDialect>>, options: ReadOptions, leaveOut: boolean): Promise<{ columns: RecordColumn[]; rows: number }> {
  let profiles: RecordColumnProfile[] = []
  const rows = await readRows(path, { ...dialect, decimalComma: false }, {
    names(names) { profiles = names.map((name) => new RecordColumnProfile(name)) },
    ragged: () => leaveOut,
    row(cells) { cells.forEach((cell, field) => profiles[field]!.add(cell)) },
  }, options)
  return { columns: profiles.map((profile) => profile.column()), rows }
}

function classesOf({ targets }: RecordTable): NonNullable<RecordsPreview['classes']> {
  const counts = new Map<string, number>()
  for (const name of targets) counts.set(name, (counts.get(name) ?? 0) + 1)
  const list = [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
  return { total: list.length, list: list.slice(0, mostClasses) }
}
