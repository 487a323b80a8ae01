import { randomUUID } from 'node:crypto'
import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { UnrollError } from '@shared/errors'
import { datasetSchema, type Dataset } from '@shared/rpc/schemas'
import { makeFolder, readJson, writeJson } from '../files/atomic'
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

  private async load(id: string): Promise<void> {
    const file = join(this.folderOf(id), 'dataset.json')
    const parsed = datasetSchema.safeParse(await readJson(file).catch(() => null))
    if (parsed.success) this.datasets.set(id, parsed.data)
    else console.error(`${file} can't be read, so this dataset is left out: ${parsed.error.message}`)
  }
}

const before = (id: string): string => `${id}.before`
