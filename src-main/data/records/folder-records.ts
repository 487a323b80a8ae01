import { readdir } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { UnrollError } from '@shared/errors'
import { fileError } from '../files'
import type { ReadOptions } from '../prepared-dataset'
import { readLines } from './read-lines'
import { emptyFolder, noRecords } from './record-errors'
import type { RecordColumns, RecordTable } from './record-table'

/**
 * A folder of .txt files in the order of their names: a sequence a line, its class the file's name without .txt. Spaces
 * around a sequence and blank lines are passed over. The group "sequence" keeps equal ones together.
 * @throws UnrollError `dataset.empty`, `dataset.not-utf8`, `file.*`
 */
export async function readFolderRecords(folder: string, { group, part }: Pick<RecordColumns, 'group' | 'part'>, options: ReadOptions = {}): Promise<RecordTable> {
  if (group !== undefined && group !== 'sequence') {
    throw new UnrollError('experiment.data', `data.group is ${JSON.stringify(group)}, but a folder of texts has no columns; only "sequence" can keep its records together.`, { hint: 'Set data.group to "sequence", or leave it out.', where: { parameter: 'data.group' } })
  }
  if (part !== undefined) throw new UnrollError('experiment.data', `data.part is ${JSON.stringify(part)}, but a folder of texts has no columns.`, { hint: 'Leave data.part out and draw the split otherwise.', where: { parameter: 'data.part' } })
  const table: RecordTable & { files: string[] } = { sequences: [], targets: [], lines: [], files: [] }
  const files = await textFiles(folder)
  if (files.length === 0) throw emptyFolder(folder)
  for (const file of files) {
    const label = basename(file, extname(file))
    await readLines(join(folder, file), options, (line, number) => {
      const sequence = line.trim()
      if (sequence === '') return
      table.sequences.push(sequence)
      table.targets.push(label)
      table.lines.push(number)
      table.files.push(file)
    })
  }
  if (table.sequences.length === 0) throw noRecords(folder)
  return group === undefined ? table : { ...table, groups: table.sequences }
}

/** The files of a folder that records are read from, in the order of their names. */
export async function textFiles(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries.filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.') && extname(entry.name).toLowerCase() === '.txt').map(({ name }) => name).sort()
  } catch (error) {
    throw fileError(folder, error)
  }
}
