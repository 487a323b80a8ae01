import { basename } from 'node:path'
import { UnrollError } from '@shared/errors'

/** What is wrong inside a file, thrown without its name and made whole by `damagedParquet`. */
export class ParquetFault extends Error {}

/** What a column holds that is right but isn't read: "holds raw bytes"; made whole by `unreadColumn`. */
export class ParquetUnread extends Error {
  /** @param column its name, where it is known */
  constructor(readonly what: string, readonly hint: string, readonly column: string | null = null) { super(what) }
}

export const rawBytes = (): ParquetUnread => new ParquetUnread('holds raw bytes, which aren\'t UTF-8 text', 'Leave the column out, or write what it means as numbers or as text.')

export const damagedParquet = (path: string, what: string): UnrollError => new UnrollError('dataset.parquet', `${basename(path)} is no whole Parquet file: ${what}.`, {
  hint: 'Fetch or write it again; if it was still being written, wait until it is done.', where: { file: path },
})

export const notParquet = (path: string, begins: string): UnrollError => new UnrollError('dataset.parquet', `${basename(path)} is no Parquet file: it should begin and end with "PAR1" but ${begins}.`, {
  hint: 'Check what it is; a table of text should be called .csv or .tsv.', where: { file: path },
})

export const encryptedParquet = (path: string, what: string): UnrollError => new UnrollError('dataset.parquet-encrypted', `${what} of ${basename(path)} is encrypted, and Unroll has no key for it.`, {
  hint: 'Write the table without encryption.', where: { file: path },
})

export const unreadParquet = (path: string, what: string, hint: string): UnrollError => new UnrollError('dataset.parquet-unsupported', `${basename(path)} ${what}.`, { hint, where: { file: path } })

export const unreadColumn = (path: string, { column, what, hint }: ParquetUnread): UnrollError => new UnrollError('dataset.parquet-unsupported', `Column ${JSON.stringify(column)} of ${basename(path)} ${what}.`, { hint, where: { file: path } })

export const noParquetRows = (path: string): UnrollError => new UnrollError('dataset.empty', `${basename(path)} has columns but no rows; there is nothing to learn from.`, { hint: 'Choose a file with data in it.', where: { file: path } })

export const noPlainColumns = (path: string, others: readonly { name: string; what: string }[]): UnrollError =>
  unreadParquet(path, `has no column of plain values: ${others.slice(0, 5).map(({ name, what }) => `${JSON.stringify(name)} holds ${what}`).join(', ')}`, 'Flatten them into columns of numbers, dates and texts.')
