import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { UnrollError } from '@shared/errors'
import { datasetSchema, type Dataset } from '@shared/rpc/schemas'
import { isMissing, makeFolder, readJson, writeJson } from '../files/atomic'
import type { Trash } from '../files/trash'

/** A folder being filled; it becomes a dataset by `keep`, or nothing by `discard`. */
export interface Draft {
  folder: string
  keep(dataset: Dataset): Promise<void>
  discard(): Promise<void>
}

/** datasets/<id>/: dataset.json and a copy of the source. */
export class DatasetStore {
  private readonly datasets = new Map<string, Dataset>()

  private constructor(private readonly home: string, private readonly trash: Trash) {}

  static async open(home: string, trash: Trash): Promise<DatasetStore> {
    const store = new DatasetStore(home, trash)
    await makeFolder(home)
    for (const item of await readdir(home, { withFileTypes: true })) {
      // What a killed import left.
      if (item.name.startsWith('.')) await rm(join(home, item.name), { recursive: true, force: true })
      else if (item.isDirectory()) await store.load(item.name)
    }
    return store
  }

  list(): Dataset[] {
    return [...this.datasets.values()].sort((a, b) => (a.created < b.created ? 1 : -1))
  }

  get(id: string): Dataset {
    const dataset = this.datasets.get(id)
    if (dataset === undefined) throw new UnrollError('dataset.not-found', `There is no dataset "${id}".`, { hint: 'It may have been removed; import it again, or undo the removal.' })
    return dataset
  }

  has(id: string): boolean { return this.datasets.has(id) }

  folderOf(id: string): string { return join(this.home, id) }

  async draft(): Promise<Draft> {
    const folder = join(this.home, `.${randomUUID()}`)
    await makeFolder(folder)
    return {
      folder,
      keep: async (dataset) => {
        await writeJson(join(folder, 'dataset.json'), dataset)
        await rename(folder, this.folderOf(dataset.id))
        this.datasets.set(dataset.id, dataset)
      },
      discard: () => rm(folder, { recursive: true, force: true }),
    }
  }

  async change(dataset: Dataset): Promise<void> {
    await writeJson(join(this.folderOf(dataset.id), 'dataset.json'), dataset)
    this.datasets.set(dataset.id, dataset)
  }

  async remove(id: string): Promise<void> {
    this.get(id)
    await this.trash.take(this.folderOf(id), id)
    this.datasets.delete(id)
  }

  async restore(id: string): Promise<Dataset> {
    await this.trash.putBack(id, this.folderOf(id))
    await this.load(id)
    return this.get(id)
  }

  private async load(id: string): Promise<void> {
    const file = join(this.folderOf(id), 'dataset.json')
    const parsed = datasetSchema.safeParse(await readJson(file).catch(() => null))
    if (parsed.success) this.datasets.set(id, parsed.data)
    else console.error(`${file} can't be read, so this dataset is left out: ${parsed.error.message}`)
  }
}

/** Copies a source and hashes it on the way. @returns SHA-256 in hexadecimal and the bytes read */
export async function copyHashed(from: string, to: string, signal: AbortSignal): Promise<{ hash: string; bytes: number }> {
  const hash = createHash('sha256')
  let bytes = 0
  const watch = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      bytes += chunk.length
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
  return { hash: hash.digest('hex'), bytes }
}
