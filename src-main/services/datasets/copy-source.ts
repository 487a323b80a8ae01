import { createHash, type Hash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { UnrollError } from '@shared/errors'
import type { ImportOptions } from '@shared/rpc/schemas'
import type { DataProgress } from '../../data/prepared-dataset'
import { soundEndings } from '../../data/audio/read-sound'
import { textFiles } from '../../data/records/folder-records'
import { isMissing, makeFolder } from '../files/atomic'

const endings: Record<ImportOptions['kind'], string> = { text: '.txt', series: '.csv', records: '.csv', audio: '.wav', tensors: '.npz' }

/**
 * Copies a file, or what is read of a folder, beside a dataset, and hashes them on the way.
 * @returns the copy's name in the folder; SHA-256 in hexadecimal, of a folder over its files' names and contents in order
 */
export async function copySource(path: string, folder: string, kind: ImportOptions['kind'], signal: AbortSignal, onProgress: (progress: DataProgress) => void = () => {}): Promise<{ source: string; hash: string; bytes: number }> {
  const hash = createHash('sha256')
  const found = await stat(path).catch(() => null)
  if (!found?.isDirectory()) {
    const source = `source${extname(path).toLowerCase() || endings[kind]}`
    const totalBytes = found?.size ?? 0
    const bytes = await copyInto(hash, path, join(folder, source), signal, (copied) => onProgress({ bytes: copied, totalBytes: Math.max(totalBytes, copied), rows: 0 }))
    return { source, hash: hash.digest('hex'), bytes }
  }
  await makeFolder(join(folder, 'source'))
  const names = await filesOf(path, kind)
  const sizes = await Promise.all(names.map((name) => stat(join(path, name)).then(({ size }) => size, () => 0)))
  const totalBytes = sizes.reduce((sum, size) => sum + size, 0)
  let [bytes, files] = [0, 0]
  for (const name of names) {
    const before = bytes
    hash.update(name).update('\0')
    await makeFolder(dirname(join(folder, 'source', name)))
    bytes += await copyInto(hash, join(path, name), join(folder, 'source', name), signal, (copied) => onProgress({ bytes: before + copied, totalBytes: Math.max(totalBytes, before + copied), rows: files }))
    files++
  }
  return { source: 'source', hash: hash.digest('hex'), bytes }
}

/** What is read of a folder, in order. */
export const filesOf = (folder: string, kind: ImportOptions['kind']): Promise<string[]> => (kind === 'audio' ? soundsAndTables(folder) : textFiles(folder))

/** Recordings and tables of labels, wherever in the folder; hidden ones and links are passed over. */
async function soundsAndTables(folder: string, prefix = ''): Promise<string[]> {
  const found: string[] = []
  for (const entry of (await readdir(join(folder, prefix), { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const name = join(prefix, entry.name)
    if (entry.name.startsWith('.')) continue
    if (entry.isDirectory()) found.push(...await soundsAndTables(folder, name))
    else if (entry.isFile() && (soundEndings.has(extname(name).toLowerCase()) || extname(name).toLowerCase() === '.csv')) found.push(name)
  }
  return found
}

/** @returns the bytes read, which the hash has taken too */
async function copyInto(hash: Hash, from: string, to: string, signal: AbortSignal, copied: (bytes: number) => void): Promise<number> {
  let bytes = 0
  const watch = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      bytes += chunk.length
      copied(bytes)
      done(null, chunk)
    },
  })
  try {
    await pipeline(createReadStream(from), watch, createWriteStream(to, { flags: 'wx', flush: true }), { signal })
  } catch (cause) {
    if (signal.aborted) throw signal.reason
    if (isMissing(cause)) throw new UnrollError('file.not-found', 'The file isn\'t there any more.', { hint: 'Choose it again.', where: { file: from }, cause })
    throw new UnrollError('file.copy-failed', `The file can't be copied into Unroll's folder: ${cause instanceof Error ? cause.message : String(cause)}.`, { hint: 'Check that the disk has room and that you may read the file.', cause })
  }
  return bytes
}
