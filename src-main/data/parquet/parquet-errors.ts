import { basename } from 'node:path'
import { UnrollError } from '@shared/errors'

/** What is wrong inside a file, thrown without its name and made whole by `damagedParquet`. */
export class ParquetFault extends Error {}

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
