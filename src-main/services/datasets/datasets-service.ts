import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { UnrollError } from '@shared/errors'
import { experimentSchema, type Experiment } from '@shared/experiment/schema'
import type { Audit, Dataset, DatasetDetails, ImportOptions, Preview } from '@shared/rpc/schemas'
import type { PreparedDataset } from '../../data/prepared-dataset'
import type { FileTokens } from '../files/file-tokens'
import { newId } from '../files/names'
import type { DataDesk } from './data-desk'
import { defaultExperiment } from './dataset-defaults'
import { optionsOf } from './data-spec'
import type { DatasetStore, Draft } from './dataset-store'
import { keepSource } from './keep-source'
import { paddingOf } from './padding'
import type { SampleEntry, Samples } from './samples'

/** Where a dataset comes from. */
interface Source {
  name: string
  path: string
  options: ImportOptions
  sample: SampleEntry | null
}

/** The datasets of a home: importing, splitting, removing, and what the screens are told of them. */
export class DatasetsService {
  private importing: AbortController | null = null
  private readonly details = new Map<string, Promise<DatasetDetails>>()

  constructor(private readonly store: DatasetStore, private readonly desk: DataDesk, private readonly files: FileTokens, private readonly samples: Samples) {}

  list(): Dataset[] { return this.store.list() }

  folderOf(id: string): string { return this.store.folderOf(this.store.get(id).id) }

  /** The experiment on this dataset's own file, whatever it said before: a window names no paths. */
  bind(id: string, experiment: Experiment): Experiment {
    const { data } = this.store.get(id).experiment
    if (experiment.data.kind !== data.kind) {
      throw new UnrollError('experiment.other-data', `The experiment is for ${experiment.data.kind} data, but the dataset "${this.store.get(id).name}" is ${data.kind}.`, { hint: 'Start from the dataset\'s own experiment.' })
    }
    if (experiment.model.init !== 'default' && /[/\\]|^\.\./.test(experiment.model.init)) {
      throw new UnrollError('init.outside', `model.init: "${experiment.model.init}" is outside the dataset's folder.`, { hint: 'Use `unroll train` to start from weights kept elsewhere.' })
    }
    if (!('source' in data) || !('source' in experiment.data)) return experiment
    return { ...experiment, data: { ...experiment.data, source: data.source } }
  }

  get(id: string): Promise<DatasetDetails> {
    const known = this.details.get(id)
    if (known !== undefined) return known
    const found = this.describe(this.store.get(id))
    this.details.set(id, found)
    // A failed look isn't remembered.
    found.catch(() => this.details.delete(id))
    return found
  }

  preview(token: string, options: ImportOptions | null): Promise<Preview> {
    const path = this.files.require(token)
    return this.desk.run((client, task) => client.preview(task, path, options), { watch: true })
  }

  import(token: string, name: string, options: ImportOptions): Promise<Dataset> {
    return this.importFile({ name, path: this.files.require(token), options, sample: null })
  }

  async fromSample(id: string): Promise<Dataset> {
    const sample = await this.samples.get(id)
    if (sample.data !== undefined) return this.importGenerated(sample.title, sample.data, sample)
    const path = this.samples.pathOf(sample.file ?? '')
    return this.importFile({ name: sample.title, path, options: sample.options ?? { kind: 'text', unit: 'char' }, sample })
  }

  async audit(id: string): Promise<Audit> {
    const { experiment } = this.store.get(id)
    const { findings } = await this.desk.run((client, task) => client.audit(task, experiment, this.store.folderOf(id)), { watch: true })
    return { findings }
  }

  async setSplit(id: string, validation: number, test: number): Promise<DatasetDetails> {
    const dataset = this.store.get(id)
    const experiment = { ...dataset.experiment, data: { ...dataset.experiment.data, validation, test } }
    // Worked out before it is kept: a split that leaves too little is refused, and nothing has changed.
    const details = await this.describe({ ...dataset, experiment })
    await this.store.change(details.dataset)
    this.details.set(id, Promise.resolve(details))
    return details
  }

  async remove(id: string): Promise<void> {
    await this.store.remove(id)
    this.details.delete(id)
  }

  restore(id: string): Promise<Dataset> { return this.store.restore(id) }

  async cancel(): Promise<void> {
    this.importing?.abort(cancelled())
    await this.desk.cancel()
  }

  private async importFile({ name, path, options, sample }: Source): Promise<Dataset> {
    const id = newId(name)
    return this.drafted(async (draft, signal) => {
      const { data, hash, bytes } = await keepSource(this.desk, path, options, draft.folder, signal)
      const prepared = await this.prepare(data, name, draft.folder, signal)
      const experiment = tuned(defaultExperiment(name, data, prepared.length), sample)
      return record({ id, name, kind: options.kind, bytes, hash, sample: sample?.id ?? null, experiment }, prepared)
    })
  }

  generate(name: string, data: NonNullable<SampleEntry['data']>): Promise<Dataset> { return this.importGenerated(name, data, null) }

  private importGenerated(name: string, data: NonNullable<SampleEntry['data']>, sample: SampleEntry | null): Promise<Dataset> {
    return this.drafted(async (draft, signal) => {
      const prepared = await this.prepare(data, name, draft.folder, signal)
      const experiment = tuned(defaultExperiment(name, data, data.examples), sample)
      const hash = createHash('sha256').update(JSON.stringify(data)).digest('hex')
      return record({ id: newId(name), name, kind: 'generated', bytes: 0, hash, sample: sample?.id ?? null, experiment }, prepared)
    })
  }

  /** Fills a folder that becomes a dataset only when all went well. One import at a time. */
  private async drafted(fill: (draft: Draft, signal: AbortSignal) => Promise<Dataset>): Promise<Dataset> {
    if (this.importing !== null) throw new UnrollError('import.busy', 'Another import is under way.', { hint: 'Wait for it or cancel it.' })
    this.importing = new AbortController()
    const { signal } = this.importing
    const draft = await this.store.draft()
    try {
      const dataset = await fill(draft, signal)
      signal.throwIfAborted()
      await draft.keep(dataset)
      return dataset
    } catch (error) {
      await draft.discard()
      throw error
    } finally {
      this.importing = null
    }
  }

  private prepare(data: Experiment['data'], name: string, folder: string, signal: AbortSignal): Promise<PreparedDataset> {
    signal.throwIfAborted()
    return this.desk.run((client, task) => client.prepare(task, defaultExperiment(name, data, 1), folder), { watch: true })
  }

  private async describe(dataset: Dataset): Promise<DatasetDetails> {
    const { data } = dataset.experiment
    const folder = this.store.folderOf(dataset.id)
    const [preview, prepared] = await Promise.all([this.previewOf(data, folder), this.desk.prepare(dataset.experiment, folder)])
    return { dataset, preview, split: prepared.split, baselines: prepared.baselines, warnings: prepared.warnings, padding: paddingOf(prepared.data, dataset.experiment.training.batchSize) }
  }

  private previewOf(data: Experiment['data'], folder: string): Promise<Preview> {
    return this.desk.run<Preview>((client, task) => (data.kind === 'generated' ? client.previewGenerated(data, 1) : client.preview(task, join(folder, data.source), optionsOf(data))))
  }
}

function record(known: Pick<Dataset, 'id' | 'name' | 'kind' | 'bytes' | 'hash' | 'sample' | 'experiment'>, prepared: PreparedDataset): Dataset {
  const { summary, length, inputSize, outputSize } = prepared
  return { ...known, created: new Date().toISOString(), summary, length, inputSize, outputSize }
}

/** A sample's own settings over the defaults. */
function tuned(experiment: Experiment, sample: SampleEntry | null): Experiment {
  return experimentSchema.parse({
    ...experiment,
    model: { ...experiment.model, ...sample?.model },
    training: { ...experiment.training, ...sample?.training },
  })
}

const cancelled = () => new UnrollError('import.cancelled', 'The import was cancelled; nothing was kept.')
