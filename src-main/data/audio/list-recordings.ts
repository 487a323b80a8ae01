import { readdir, stat } from 'node:fs/promises'
import { basename, extname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { UnrollError } from '@shared/errors'
import { fileError } from '../files'
import type { ReadOptions } from '../prepared-dataset'
import { readTableRecords } from '../records/table-records'
import { noRecordings } from './audio-errors'
import { groupOf, namePattern } from './name-pattern'
import type { AudioSpec } from './prepare-audio'
import { soundEndings } from './read-sound'

/** A recording to be read. */
export interface Recording {
  path: string
  /** Relative to the folder, with /. */
  name: string
  label: string
  /** What keeps it together with others in the split; null: nothing. */
  group: string | null
  bytes: number
}

/** Deeper folders are surely not meant. */
const deepest = 16

/**
 * The recordings of a folder in the order of their names. The label is the sub-folder, whatever lies between it and the
 * recording, or what a CSV of files and labels says. Hidden files and folders that are links are passed over.
 * @throws UnrollError `dataset.empty`, `dataset.labels` with the line, `experiment.data`, `file.*`
 */
export async function listRecordings(folder: string, spec: Pick<AudioSpec, 'labels' | 'file' | 'label' | 'group'>, options: ReadOptions = {}): Promise<Recording[]> {
  const found = spec.labels === undefined ? await bySubfolder(folder, spec.group) : await byTable(folder, spec.labels, spec, options)
  if (found.length === 0) throw noRecordings(folder)
  return found
}

async function bySubfolder(folder: string, group: string | undefined): Promise<Recording[]> {
  const recordings: Recording[] = []
  const pattern = group === undefined ? null : namePattern(group)
  for (const label of (await entriesOf(folder)).filter((entry) => entry.isDirectory()).map(({ name }) => name).sort(byName)) {
    for (const path of await soundsIn(join(folder, label), 0)) {
      const found = await described(folder, path)
      recordings.push({ ...found, label, group: pattern && groupOf(pattern, found) })
    }
  }
  return recordings
}

async function soundsIn(folder: string, depth: number): Promise<string[]> {
  const paths: string[] = []
  for (const entry of (await entriesOf(folder)).sort((a, b) => byName(a.name, b.name))) {
    const path = join(folder, entry.name)
    if (entry.isDirectory() && depth < deepest) paths.push(...await soundsIn(path, depth + 1))
    else if (!entry.isDirectory() && soundEndings.has(extname(entry.name).toLowerCase())) paths.push(path)
  }
  return paths
}

async function entriesOf(folder: string) {
  try {
    return (await readdir(folder, { withFileTypes: true })).filter(({ name }) => !name.startsWith('.'))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') {
      throw new UnrollError('file.not-a-folder', `${basename(folder)} is a file; a folder of recordings was expected.`, { hint: 'Name the folder that holds a sub-folder a class.', where: { file: folder }, cause: error })
    }
    throw fileError(folder, error)
  }
}

async function byTable(folder: string, labels: string, spec: Pick<AudioSpec, 'file' | 'label' | 'group'>, options: ReadOptions): Promise<Recording[]> {
  const file = inside(folder, labels)
  if (file === null) throw new UnrollError('experiment.data', `data.labels is ${JSON.stringify(labels)}, which lies outside the folder of recordings.`, { hint: 'Put the CSV into that folder.', where: { parameter: 'data.labels' } })
  const pattern = spec.group?.includes('{') ? namePattern(spec.group) : null
  const table = await readTableRecords(file, { sequence: spec.file, target: spec.label, targetIs: 'class', group: pattern === null ? spec.group : undefined }, {}, options)
  const recordings: Recording[] = []
  for (const [index, name] of table.sequences.entries()) {
    const line = table.lines[index]!
    const path = inside(folder, name)
    const wrong = (message: string, hint: string) => new UnrollError('dataset.labels', `Line ${line} of ${basename(file)} names ${JSON.stringify(name)}, ${message}.`, { hint, where: { file, line } })
    if (path === null) throw wrong('which lies outside the folder of recordings', 'Name files inside the folder, relative to it.')
    if (!soundEndings.has(extname(path).toLowerCase())) throw wrong('which is no .wav, .flac or .mp3 file', 'Take the line out, or convert the recording.')
    const found = await described(folder, path, () => wrong('but there is no such file', 'Correct the name, or take the line out.'))
    recordings.push({ ...found, label: table.targets[index]!, group: pattern === null ? table.groups?.[index] ?? null : groupOf(pattern, found) })
  }
  return recordings
}

/** The path of a name inside a folder; null when it leads out of it. */
function inside(folder: string, name: string): string | null {
  if (isAbsolute(name) || /^[A-Za-z]:/.test(name) || name.includes('\0')) return null
  const path = resolve(folder, name.replaceAll('\\', '/'))
  const from = relative(folder, path)
  return from !== '' && from !== '..' && !from.startsWith(`..${sep}`) && !isAbsolute(from) ? path : null
}

async function described(folder: string, path: string, missing?: () => UnrollError): Promise<Pick<Recording, 'path' | 'name' | 'bytes'>> {
  const name = relative(folder, path).split(sep).join('/')
  try {
    return { path, name, bytes: (await stat(path)).size }
  } catch (error) {
    if (missing !== undefined && error instanceof Error && 'code' in error && error.code === 'ENOENT') throw missing()
    throw fileError(path, error)
  }
}

const byName = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
