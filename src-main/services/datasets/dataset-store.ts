import { randomUUID } from 'node:crypto'
import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { UnrollError } from '@shared/errors'
import { datasetSchema, type Damaged, type Dataset } from '@shared/rpc/schemas'
import { makeFolder, readJson, writeJson } from '../files/atomic'
import { DamagedFolders, unreadable } from '../files/damage'
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
  private readonly unread = new DamagedFolders()

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

  damaged(): Damaged[] { return this.unread.list() }

  /** Looks at a damaged dataset's folder again. @throws UnrollError `dataset.unreadable` what is still wrong with it */
  async recheck(id: string): Promise<Dataset> {
    if (this.unread.has(id)) await this.load(id)
    return this.get(id)
  }

  /** @throws UnrollError `dataset.not-found`, `dataset.unreadable` */
  get(id: string): Dataset {
    this.unread.expectWhole(id)
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
    if (!this.unread.has(id)) this.get(id)
    await this.trash.take(this.folderOf(id), id)
    this.datasets.delete(id)
    this.unread.delete(id)
  }

  /** Null: it is back, and as damaged as it was. */
  async restore(id: string): Promise<Dataset | null> {
    await this.trash.putBack(id, this.folderOf(id))
    await this.load(id)
    return this.unread.has(id) ? null : this.get(id)
  }

  /** Puts a draft in a dataset's place; what was there can be put back in this session. */
  async replace(id: string, draft: Draft, dataset: Dataset): Promise<void> {
    this.get(id)
    await writeJson(join(draft.folder, 'dataset.json'), dataset)
    await this.trash.take(this.folderOf(id), before(id))
    try {
      await rename(draft.folder, this.folderOf(id))
    } catch (error) {
      await this.trash.putBack(before(id), this.folderOf(id))
      throw error
    }
    this.datasets.set(id, dataset)
  }

  /** Undoes a replacement. @throws UnrollError `trash.not-found` */
  async putBack(id: string): Promise<void> {
    this.get(id)
    await this.trash.take(this.folderOf(id), `${id}.after`)
    await this.trash.putBack(before(id), this.folderOf(id))
    await this.load(id)
  }

  /** Where dataset.json can't be read, the dataset is among the damaged. */
  private async load(id: string): Promise<void> {
    const file = join(this.folderOf(id), 'dataset.json')
    this.unread.delete(id)
    let read: unknown = null
    try {
      read = await readJson(file)
      if (read === null) throw new Error('it isn\'t there')
      this.datasets.set(id, datasetSchema.parse(read))
    } catch (cause) {
      const named = z.object({ name: z.string() }).safeParse(read)
      this.unread.add(id, named.success ? named.data.name : id, unreadable('dataset.unreadable', file, cause, 'Put the file back from a copy, or import the data again; remove the dataset when you no longer need it.'))
    }
  }
}

const before = (id: string): string => `${id}.before`
