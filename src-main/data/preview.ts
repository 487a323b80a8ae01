import { basename, extname } from 'node:path'
import { UnrollError } from '@shared/errors'
import type { ImportOptions, Preview } from '@shared/rpc/schemas'
import type { ReadOptions } from './prepared-dataset'
import { kindOf } from './series/cells'
import { firstLines, guessDelimiter } from './series/dialect'
import { previewSeries } from './series/preview-series'
import { readManifest } from './shards/manifest'
import { previewStoredText, previewText } from './text/preview-text'

const tables = new Set(['.csv', '.tsv', '.tab'])
/** What people drop that this version can't read, and what it is. */
const others: Record<string, string> = {
  '.npz': 'a NumPy archive', '.npy': 'a NumPy array', '.safetensors': 'a tensor file', '.wav': 'a recording', '.jsonl': 'a list of records',
  '.xlsx': 'a spreadsheet', '.xls': 'a spreadsheet', '.ods': 'a spreadsheet', '.pdf': 'a PDF document', '.docx': 'a Word document', '.zip': 'an archive', '.gz': 'an archive',
}

/**
 * Reads a file and says what an import would give. `options` null: text or series is guessed from the name, then from the
 * first lines.
 * @throws UnrollError `dataset.*` with file, line and column; `file.*`; `import.cancelled`
 */
export async function preview(path: string, options: ImportOptions | null, reading: ReadOptions = {}): Promise<Preview> {
  const stored = await readManifest(path)
  if (stored !== null) return previewStoredText(path, stored)
  const ending = extname(path).toLowerCase()
  const other = others[ending]
  if (other !== undefined) {
    throw new UnrollError('dataset.kind', `${basename(path)} is ${other}; the import screen reads plain text and CSV.`, {
      hint: ending === '.safetensors' ? 'Name it as the source of an experiment file of kind "tensors".' : 'Save it as CSV or as plain UTF-8 text.', where: { file: path },
    })
  }
  const chosen = options ?? (tables.has(ending) || (ending !== '.txt' && await looksLikeTable(path)) ? { kind: 'series' as const } : { kind: 'text' as const, unit: 'char' as const })
  return chosen.kind === 'series' ? previewSeries(path, chosen, reading) : previewText(path, { lowerCase: false, normalise: 'none', ...chosen }, reading)
}

/** Nearly every line has a number between the same delimiters. */
async function looksLikeTable(path: string): Promise<boolean> {
  const lines = await firstLines(path)
  const delimiter = guessDelimiter(lines)
  if (delimiter === null || lines.length < 3) return false
  const withNumber = lines.filter((line) => line.split(delimiter).some((cell) => kindOf(cell, delimiter !== ',') === 'number'))
  return withNumber.length >= lines.length - 1
}
