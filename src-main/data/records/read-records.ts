import { stat } from 'node:fs/promises'
import { extname } from 'node:path'
import type { DataSpec } from '@shared/experiment/schema'
import { fileError } from '../files'
import type { ReadOptions } from '../prepared-dataset'
import { readFolderRecords } from './folder-records'
import { readJsonRecords } from './json-records'
import type { RecordColumns, RecordTable } from './record-table'
import { readTableRecords } from './table-records'

export type RecordsSpec = Extract<DataSpec, { kind: 'records' }>

/** Reads a folder, a JSON Lines file or a table, whichever the path is. */
export async function readRecords(path: string, spec: Pick<RecordsSpec, 'delimiter' | 'header'>, columns: RecordColumns, options: ReadOptions = {}): Promise<RecordTable> {
  const found = await stat(path).catch((error: unknown) => { throw fileError(path, error) })
  if (found.isDirectory()) return readFolderRecords(path, columns, options)
  const ending = extname(path).toLowerCase()
  if (ending === '.jsonl' || ending === '.ndjson') return readJsonRecords(path, columns, options)
  return readTableRecords(path, columns, spec, options)
}
