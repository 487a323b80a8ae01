import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { UnrollError } from '@shared/errors'
import { experimentSchema, type Experiment } from '@shared/experiment/schema'
import { withSplit, type SplitChange } from '@shared/experiment/split-change'
import type { Audit, Damaged, Dataset, DatasetDetails, ImportOptions, Preview, Report, ReportOf, SourceChanges, SplitPreview } from '@shared/rpc/schemas'
import type { PreparedDataset } from '../../data/prepared-dataset'
import type { SourceReport } from '../../data/report/report-log'
import type { FileTokens } from '../files/file-tokens'
import { newId } from '../files/names'
import { ReadAgain } from './again'
import type { DataDesk } from './data-desk'
import { defaultExperiment } from './dataset-defaults'
import { dataSpecOf, optionsOf } from './data-spec'
import type { DatasetStore, Draft } from './dataset-store'
import { keepSource } from './keep-source'
import { originOf, readOrigin, sourceState, writeOrigin } from './origin'
import { paddingOf } from './padding'
import { Reports, type ReportQuestion } from './reports'
import type { SampleEntry, Samples } from './samples'
import { sizesOf } from './sizes'

/** What is remembered of a dataset; how its source is now is asked each time. */
type Described = Omit<DatasetDetails, 'source'>

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
  private readonly details = new Map<string, Promise<Described>>()
  private readonly again: ReadAgain
  private readonly reports = new Reports((of) => this.reportOf(of))

  /** @param home the folder everything is kept in */
  constructor(private readonly store: DatasetStore, private readonly desk: DataDesk, private readonly files: FileTokens, private readonly samples: Samples, private readonly home: string) {
    this.again = new ReadAgain(store, desk, home)
  }

  list(): Dataset[] { return this.store.list() }

  damaged(): Damaged[] { return this.store.damaged() }

  /** @throws UnrollError `dataset.unreadable` */
  recheck(id: string): Promise<Dataset> { return this.store.recheck(id) }

  folderOf(id: string): string { return this.store.folderOf(this.store.get(id).id) }

  /** The experiment on this dataset's own file and by its split, whatever it said before: a window names no paths. */
  bind(id: string, experiment: Experiment): Experiment {
    const { data } = this.store.get(id).experiment
    if (experiment.data.kind !== data.kind) {
      throw new UnrollError('experiment.other-data', `The experiment is for ${experiment.data.kind} data, but the dataset "${this.store.get(id).name}" is ${data.kind}.`, { hint: 'Start from the dataset\'s own experiment.' })
    }
    if (experiment.model.init !== 'default' && /[/\\]|^\.\./.test(experiment.model.init)) {
      throw new UnrollError('init.outside', `model.init: "${experiment.model.init}" is outside the dataset's folder.`, { hint: 'Use `unroll train` to start from weights kept elsewhere.' })
    }
    // The stride is how training reads the data, not what they are.
    return { ...experiment, data: data.kind === 'series' && experiment.data.kind === 'series' ? { ...data, stride: experiment.data.stride } : data }
  }

  async get(id: string): Promise<DatasetDetails> {
    const known = this.details.get(id) ?? this.describe(this.store.get(id))
    if (!this.details.has(id)) {
      this.details.set(id, known)
      // A failed look isn't remembered.
      known.catch(() => this.details.delete(id))
    }
    return this.withSource(await known)
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

  /** What another split would put where; keeps nothing. @throws UnrollError as preparing it would */
  previewSplit(id: string, change: SplitChange): Promise<SplitPreview> {
    const { experiment } = this.store.get(id)
    const next = { ...experiment, data: withSplit(experiment.data, change) }
    return this.desk.run((client, task) => client.previewSplit(task, next, this.store.folderOf(id)))
  }

  async setSplit(id: string, change: SplitChange): Promise<DatasetDetails> {
    const dataset = this.store.get(id)
    const experiment = { ...dataset.experiment, data: withSplit(dataset.experiment.data, change) }
    // Worked out before it is kept: a split that leaves too little is refused, and nothing has changed.
    const described = await this.describe({ ...dataset, experiment })
    await this.store.change(described.dataset)
    this.details.set(id, Promise.resolve(described))
    return this.withSource(described)
  }

  async report(of: ReportOf, question: ReportQuestion): Promise<Report> {
    const version = 'dataset' in of ? JSON.stringify([this.store.get(of.dataset).hash, this.store.get(of.dataset).experiment.data]) : ''
    return this.reports.page(of, version, question)
  }

  private reportOf(of: ReportOf): Promise<SourceReport> {
    if ('dataset' in of) return this.desk.run((client, task) => client.report(task, this.store.get(of.dataset).experiment, this.store.folderOf(of.dataset)), { watch: true })
    const path = this.files.require(of.file)
    return this.desk.run(async (client, task) => {
      const data = await dataSpecOf(path, of.options, () => client.preview(task, path, of.options))
      const asked = data.kind === 'tensors' ? askedOfArrays(await client.preview(task, path, of.options)) : undefined
      return client.report(task, defaultExperiment('report', data, 1, asked), '')
    }, { watch: true })
  }

  /**
   * Reads a dataset's source again, and says what that would change; nothing is replaced yet.
   * @param token null: from where it was read at first
   * @throws UnrollError as an import, `file.not-found`
   */
  async readAgain(id: string, token: string | null): Promise<SourceChanges> {
    const path = token === null ? (await readOrigin(this.store.folderOf(this.store.get(id).id)))?.path ?? null : this.files.require(token)
    if (path === null) throw new UnrollError('file.not-found', 'Where the source was read from isn\'t known any more.', { hint: 'Choose the file.' })
    return this.working(async (draft, signal) => {
      try {
        return await this.again.look(id, path, draft, signal)
      } catch (error) {
        await draft.discard()
        throw error
      }
    })
  }

  async replace(id: string): Promise<DatasetDetails> {
    await this.again.replace(id)
    this.details.delete(id)
    return this.get(id)
  }

  /** Undoes a replacement. */
  async putBack(id: string): Promise<DatasetDetails> {
    await this.again.putBack(id)
    this.details.delete(id)
    return this.get(id)
  }

  discardAgain(): Promise<void> { return this.again.discard() }

  async remove(id: string): Promise<void> {
    await this.store.remove(id)
    this.details.delete(id)
  }

  restore(id: string): Promise<Dataset | null> { return this.store.restore(id) }

  async cancel(): Promise<void> {
    this.importing?.abort(cancelled())
    await this.desk.cancel()
  }

  private async importFile({ name, path, options, sample }: Source): Promise<Dataset> {
    const id = newId(name)
    return this.drafted(async (draft, signal) => {
      const { data, hash, bytes } = await keepSource(this.desk, path, options, draft.folder, signal)
      if (sample === null) await writeOrigin(draft.folder, await originOf(path, this.home))
      const task = data.kind === 'tensors' ? askedOfArrays(await this.previewOf(data, draft.folder)) : undefined
      const prepared = await this.prepare(data, name, draft.folder, signal, task)
      const experiment = tuned(defaultExperiment(name, data, prepared.length, task), sample)
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

  /** Fills a folder that becomes a dataset only when all went well. */
  private drafted(fill: (draft: Draft, signal: AbortSignal) => Promise<Dataset>): Promise<Dataset> {
    return this.working(async (draft, signal) => {
      try {
        const dataset = await fill(draft, signal)
        signal.throwIfAborted()
        await draft.keep(dataset)
        return dataset
      } catch (error) {
        await draft.discard()
        throw error
      }
    })
  }

  /** One import at a time, or one source read again. */
  private async working<T>(work: (draft: Draft, signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.importing !== null) throw new UnrollError('import.busy', 'Another import is under way.', { hint: 'Wait for it or cancel it.' })
    this.importing = new AbortController()
    try {
      return await work(await this.store.draft(), this.importing.signal)
    } finally {
      this.importing = null
    }
  }

  private prepare(data: Experiment['data'], name: string, folder: string, signal: AbortSignal, asked?: Experiment['task']): Promise<PreparedDataset> {
    signal.throwIfAborted()
    return this.desk.run((client, task) => client.prepare(task, defaultExperiment(name, data, 1, asked), folder), { watch: true })
  }

  private async withSource(described: Described): Promise<DatasetDetails> {
    const origin = await readOrigin(this.store.folderOf(described.dataset.id))
    return { ...described, source: origin && { name: origin.name, state: await sourceState(origin) } }
  }

  private async describe(dataset: Dataset): Promise<Described> {
    const { data } = dataset.experiment
    const folder = this.store.folderOf(dataset.id)
    const [preview, prepared] = await Promise.all([this.previewOf(data, folder), this.desk.prepare(dataset.experiment, folder)])
    return { dataset: { ...dataset, ...sizesOf(prepared) }, preview, split: prepared.split, baselines: prepared.baselines, warnings: prepared.warnings, padding: paddingOf(prepared.data, dataset.experiment.training.batchSize) }
  }

  private previewOf(data: Experiment['data'], folder: string): Promise<Preview> {
    return this.desk.run<Preview>((client, task) => (data.kind === 'generated' ? client.previewGenerated(data, 1) : client.preview(task, join(folder, data.source), optionsOf(data))))
  }
}

/** What arrays are asked follows from their shapes. */
function askedOfArrays(preview: Preview): Experiment['task'] {
  if (preview.kind !== 'tensors' || preview.found === null) throw new UnrollError('dataset.tensors', preview.kind === 'tensors' && preview.problem !== null ? preview.problem : 'The file has no arrays to train on.', { hint: 'Choose which array is what.' })
  return { output: preview.found.output, loss: preview.found.classes ? 'cross-entropy' : 'mse' }
}

function record(known: Pick<Dataset, 'id' | 'name' | 'kind' | 'bytes' | 'hash' | 'sample' | 'experiment'>, prepared: PreparedDataset): Dataset {
  return { ...known, created: new Date().toISOString(), ...sizesOf(prepared) }
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
