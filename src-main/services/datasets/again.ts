import { UnrollError } from '@shared/errors'
import { splitChangeSchema } from '@shared/experiment/split-change'
import { experimentSchema, type Experiment } from '@shared/experiment/schema'
import type { Dataset, SourceChanges } from '@shared/rpc/schemas'
import type { DataDesk } from './data-desk'
import type { DatasetStore, Draft } from './dataset-store'
import { keepData } from './keep-source'
import { originOf, writeOrigin } from './origin'
import { sizesOf } from './sizes'

/** A source read again: what it would change is told before anything is replaced. */
export class ReadAgain {
  private pending: { id: string; draft: Draft; dataset: Dataset } | null = null
  /** Datasets that were replaced in this session, and can be put back. */
  private readonly replaced = new Set<string>()

  constructor(private readonly store: DatasetStore, private readonly desk: DataDesk, private readonly home: string) {}

  /**
   * Reads a source as the dataset's own was read, into a draft beside it.
   * @throws UnrollError as an import does; the dataset stays as it is
   */
  async look(id: string, path: string, draft: Draft, signal: AbortSignal): Promise<SourceChanges> {
    await this.discard()
    const dataset = this.store.get(id)
    const { experiment } = dataset
    const { data, hash, bytes } = await keepData(this.desk, path, experiment.data, draft.folder, signal)
    await writeOrigin(draft.folder, await originOf(path, this.home))
    signal.throwIfAborted()
    const changes = await this.desk.run((client, task) => client.changes(task, experiment, this.store.folderOf(id), { data, folder: draft.folder }), { watch: true })
    signal.throwIfAborted()
    const next: Experiment = experimentSchema.parse({ ...experiment, data })
    const prepared = await this.desk.run((client, task) => client.prepare(task, next, draft.folder), { watch: true })
    signal.throwIfAborted()
    this.pending = { id, draft, dataset: { ...dataset, ...sizesOf(prepared), hash, bytes, experiment: next } }
    return { ...changes, same: hash === dataset.hash, bytes: { before: dataset.bytes, after: bytes } }
  }

  /** Puts what was read last in the place of the dataset. @throws UnrollError `dataset.not-read-again` */
  async replace(id: string): Promise<void> {
    const { pending } = this
    if (pending?.id !== id) throw new UnrollError('dataset.not-read-again', 'What the source holds now has not been read.', { hint: 'Read the source again.' })
    const { experiment } = this.store.get(id)
    // The split may have been set anew meanwhile; it stays.
    const split = splitChangeSchema.parse(experiment.data)
    await this.store.replace(id, pending.draft, { ...pending.dataset, experiment: experimentSchema.parse({ ...pending.dataset.experiment, data: { ...pending.dataset.experiment.data, ...split } }) })
    this.pending = null
    this.replaced.add(id)
  }

  /** Undoes a replacement of this session. */
  async putBack(id: string): Promise<void> {
    if (!this.replaced.has(id)) throw new UnrollError('trash.not-found', 'Nothing was replaced in this session.', { hint: 'A replacement can be undone until Unroll is closed.' })
    await this.store.putBack(id)
    this.replaced.delete(id)
  }

  async discard(): Promise<void> {
    const { pending } = this
    this.pending = null
    await pending?.draft.discard()
  }
}
