import { readdir, stat } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { UnrollError } from '@shared/errors'
import type { ImportOptions, Preview } from '@shared/rpc/schemas'
import { audioDataSchema } from '@shared/experiment/data/audio'
import { previewAudio } from './audio/preview-audio'
import { soundEndings } from './audio/read-sound'
import { fileError } from './files'
import type { ReadOptions } from './prepared-dataset'
import { isParquet, parquetColumns } from './parquet/read-parquet'
import { textFiles } from './records/folder-records'
import { previewRecords } from './records/preview-records'
import { previewTensors } from './sequences/preview-tensors'
import type { TensorReader } from './sequences/tensor-reader'
import { kindOf } from './series/cells'
import { cellsOf, firstLines, guessDelimiter } from './series/dialect'
import { previewSeries } from './series/preview-series'
import { readManifest } from './shards/manifest'
import { previewStoredText, previewText } from './text/preview-text'

const tables = new Set(['.csv', '.tsv', '.tab'])
const jsonLines = new Set(['.jsonl', '.ndjson'])
const arrays = new Set(['.npz', '.npy', '.safetensors'])
/** What people drop that this version can't read, and what it is. */
const others: Record<string, string> = {
  '.xlsx': 'a spreadsheet', '.xls': 'a spreadsheet', '.ods': 'a spreadsheet', '.pdf': 'a PDF document', '.docx': 'a Word document', '.zip': 'an archive', '.gz': 'an archive',
}

/**
 * Reads a file or a folder and says what an import would give. `options` null: the kind is guessed from the name, then from
 * the first lines.
 * @param readTensors the formats of arrays (formats/tensor-file)
 * @throws UnrollError `dataset.*` with file, line and column; `file.*`; `import.cancelled`
 */
export async function preview(path: string, options: ImportOptions | null, reading: ReadOptions = {}, readTensors: TensorReader = withoutReader): Promise<Preview> {
  const stored = await readManifest(path)
  if (stored !== null) return stored.kind === 'text' ? previewStoredText(path, stored) : stored.preview
  const ending = extname(path).toLowerCase()
  const other = others[ending]
  if (other !== undefined) {
    throw new UnrollError('dataset.kind', `${basename(path)} is ${other}; the import screen reads plain text, tables, Parquet, JSON Lines, arrays and folders of recordings.`, {
      hint: 'Save it as CSV or as plain UTF-8 text.', where: { file: path },
    })
  }
  if (soundEndings.has(ending)) {
    throw new UnrollError('dataset.kind', `${basename(path)} is one recording; to tell classes apart a network has to hear many of each.`, {
      hint: 'Choose the folder the recordings lie in: a sub-folder a class, or a CSV in it that names the class of each.', where: { file: path },
    })
  }
  const chosen: ImportOptions = options ?? await guessKind(path, ending)
  switch (chosen.kind) {
    case 'series': return previewSeries(path, chosen, reading)
    case 'records': return previewRecords(path, chosen, reading)
    case 'audio': return audio(path, chosen, reading)
    case 'tensors': return previewTensors(path, chosen, readTensors, reading)
    case 'text': return previewText(path, { lowerCase: false, normalise: 'none', ...chosen }, reading)
  }
}

async function audio(path: string, { kind, ...chosen }: Extract<ImportOptions, { kind: 'audio' }>, reading: ReadOptions): Promise<Preview> {
  const spec = audioDataSchema.parse({ kind, source: path, ...chosen })
  const { features, group, labels, repeats, faulty } = spec
  const found = await previewAudio(path, spec, reading)
  return { ...found, groups: found.groups && found.groups.names, chosen: { features, group, labels, repeats, faulty }, tables: await labelTables(path) }
}

const withoutReader: TensorReader = () => { throw new UnrollError('internal.no-reader', 'No reader of arrays was handed in.') }

/** Tables that may say which class each recording is of. */
const labelTables = async (folder: string): Promise<string[]> => (await readdir(folder)).filter((name) => extname(name).toLowerCase() === '.csv' && !name.startsWith('.')).sort()

/** A folder with a folder of recordings in it. */
async function hasRecordings(folder: string): Promise<boolean> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name.startsWith('.')) continue
    if ((await readdir(join(folder, entry.name))).some((name) => soundEndings.has(extname(name).toLowerCase()))) return true
  }
  return false
}

async function guessKind(path: string, ending: string): Promise<ImportOptions> {
  const [text, series, records] = [{ kind: 'text', unit: 'char' } as const, { kind: 'series' } as const, { kind: 'records' } as const]
  const found = await stat(path).catch((error: unknown) => { throw fileError(path, error) })
  if (found.isDirectory() && await hasRecordings(path)) return { kind: 'audio' }
  if (found.isDirectory()) {
    const [table] = await labelTables(path)
    if (table !== undefined && (await readdir(path)).some((name) => soundEndings.has(extname(name).toLowerCase()))) return { kind: 'audio', labels: table }
  }
  if (found.isDirectory()) return await areLinesOfClasses(path) ? records : text
  if (jsonLines.has(ending)) return records
  // Texts and no numbers are records.
  if (await isParquet(path)) return (await parquetColumns(path)).some(({ numeric }) => numeric) ? series : records
  if (arrays.has(ending)) return { kind: 'tensors' }
  const lines = await firstLines(path)
  const delimiter = guessDelimiter(lines)
  if (delimiter === null || lines.length < 3) return tables.has(ending) ? series : text
  const rows = lines.map((line) => cellsOf(line, delimiter))
  if (tables.has(ending)) return areRecords(rows, delimiter !== ',') ? records : series
  // A text with a tab in each line, the same number of them in all, is pairs or labelled lines.
  if (delimiter === '\t' && rows.every(({ length }) => length === rows[0]!.length) && areRecords(rows, true)) return records
  return ending !== '.txt' && nearlyAllNumbers(rows, delimiter !== ',') ? series : text
}

/** A file a class, a short sequence a line; long lines, or one file alone, are a text in pieces. */
async function areLinesOfClasses(folder: string): Promise<boolean> {
  const files = await textFiles(folder)
  if (files.length < 2) return false
  const lines = (await Promise.all(files.slice(0, 5).map((file) => firstLines(join(folder, file))))).flat()
  return lines.length > 0 && lines.reduce((sum, { length }) => sum + length, 0) / lines.length <= 60
}

/** A column of texts, nearly all of them different, without dates and numbers beside it: a sequence a row, not a step a row. */
function areRecords(rows: readonly string[][], decimalComma: boolean): boolean {
  const below = rows.slice(1)
  const columns = rows[0]!.map((_, field) => below.map((row) => row[field] ?? ''))
  const mostly = (column: readonly string[], kind: string) => column.filter((cell) => kindOf(cell, decimalComma) === kind).length > column.length / 2
  if (columns.length < 2 || (columns.some((column) => mostly(column, 'date')) && columns.some((column) => mostly(column, 'number')))) return false
  return columns.some((column) => mostly(column, 'text') && new Set(column).size > 0.8 * column.length) || !columns.some((column) => mostly(column, 'number'))
}

/** Nearly every line has a number between the same delimiters. */
function nearlyAllNumbers(rows: readonly string[][], decimalComma: boolean): boolean {
  return rows.filter((row) => row.some((cell) => kindOf(cell, decimalComma) === 'number')).length >= rows.length - 1
}
