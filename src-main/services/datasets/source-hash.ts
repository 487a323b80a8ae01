import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Experiment } from '@shared/experiment/schema'
import { pathOf } from '../../data/prepare'
import { readManifest } from '../../data/shards/manifest'
import { filesOf } from './copy-source'

/**
 * SHA-256 of what an experiment's data are read from, in hexadecimal, as an import takes it: of a file its bytes, of a folder its
 * files' names and contents, of stored shards what they were made of.
 * @param folder what `data.source` is relative to   @returns null: nothing is read, or it can't be
 */
export async function sourceHash({ data }: Pick<Experiment, 'data'>, folder: string): Promise<string | null> {
  if (data.kind === 'generated') return null
  const path = pathOf(data, folder)
  try {
    const stored = await readManifest(path)
    if (stored !== null) return stored.source.sha256
    const hash = createHash('sha256')
    const found = await stat(path)
    // A device has no end.
    if (!found.isFile() && !found.isDirectory()) return null
    if (found.isFile()) await take(hash, path)
    else for (const name of await filesOf(path, data.kind)) await take(hash.update(name).update('\0'), join(path, name))
    return hash.digest('hex')
  } catch {
    return null
  }
}

async function take(hash: Hash, path: string): Promise<void> {
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(chunk as Buffer)
}
