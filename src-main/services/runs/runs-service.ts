import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { UnrollError } from '@shared/errors'
import type { Experiment } from '@shared/experiment/schema'
import { unsupported } from '@shared/experiment/unsupported'
import type { GradientFlowLine, Metric } from '@shared/metrics'
import type { Emit } from '@shared/rpc/contract'
import type { MetricBlock } from '@shared/rpc/metric-block'
import type { Damaged, PartFigures, Run } from '@shared/rpc/schemas'
import { makeFolder } from '../files/atomic'
import { DamagedFolders } from '../files/damage'
import { newId } from '../files/names'
import type { Trash } from '../files/trash'
import type { HostCapabilities } from '../host-capabilities'
import { RunExecution } from './run-execution'
import { RunFolder } from './run-folder'
import type { RunListener } from './run-news'
import { RunQueue } from './run-queue'
import { describeRun, isOver, newRunRecord, type RunRecord } from './run-record'

/** What the runs need to know of datasets. */
export interface DatasetPlaces {
  folderOf(id: string): string
  /** The experiment with `data.source` being the dataset's own file, whatever it said before. */
  bind(id: string, experiment: Experiment): Experiment
}

/** A run as this process knows it; at work when `execution` is set. */
export interface RunEntry {
  folder: RunFolder
  record: RunRecord
  experiment: Experiment
  last: Metric | null
  figures: PartFigures[] | null
  work: { execution: RunExecution; ended: Promise<void>; giveUp: AbortController; endTurn: (() => void) | null } | null
}

/** The runs of a home, one folder each. One trains at a time; the others wait for their turn. */
export class RunsService {
  private readonly entries = new Map<string, RunEntry>()
  private readonly unread = new DamagedFolders()
  private readonly queue = new RunQueue(1)

  private constructor(
    private readonly host: HostCapabilities, private readonly home: string, private readonly datasets: DatasetPlaces,
    private readonly trash: Trash, private readonly emit: Emit,
  ) {}

  /** Reads what is there. A run that was at work when its process died is now interrupted. */
  static async open(host: HostCapabilities, home: string, datasets: DatasetPlaces, trash: Trash, emit: Emit): Promise<RunsService> {
    const service = new RunsService(host, home, datasets, trash, emit)
    await makeFolder(home)
    for (const item of await readdir(home, { withFileTypes: true })) {
      if (item.isDirectory() && !item.name.startsWith('.')) await service.load(item.name)
    }
    return service
  }

  list(): Run[] {
    return [...this.entries.values()].map((entry) => this.describe(entry)).sort((a, b) => (a.created < b.created ? 1 : -1))
  }

  damaged(): Damaged[] { return this.unread.list() }

  /** @throws UnrollError `run.unreadable` and what else is still wrong with it */
  async recheck(id: string): Promise<Run> {
    if (this.unread.has(id)) await this.load(id)
    return this.get(id)
  }

  get(id: string): Run { return this.describe(this.entry(id)) }

  metrics(id: string, from: number): Promise<MetricBlock> { return this.entry(id).folder.metrics(from) }

  gradientFlow(id: string): Promise<GradientFlowLine[]> { return this.entry(id).folder.gradientFlow() }

  async start(datasetId: string, wanted: Experiment): Promise<Run> {
    const experiment = this.datasets.bind(datasetId, wanted)
    const [refused] = unsupported(experiment)
    if (refused !== undefined) throw new UnrollError('experiment.unsupported', refused.message, { where: { parameter: refused.path } })
    const id = newId(experiment.name)
    const folder = new RunFolder(join(this.home, id))
    const record = newRunRecord(id, experiment, { datasetId, dataFolder: null })
    await folder.create(record, experiment)
    const entry: RunEntry = { folder, record, experiment, last: null, figures: null, work: null }
    this.entries.set(id, entry)
    await this.launch(entry)
    return this.describe(entry)
  }

  async pause(id: string): Promise<Run> {
    const { work } = this.entry(id)
    await work?.execution.pause()
    if (work?.execution.record.state === 'paused') this.endTurn(work)
    return this.get(id)
  }

  async resume(id: string): Promise<Run> {
    const entry = this.entry(id)
    // It has told its end and is still putting its things away.
    if (entry.work !== null && isOver(entry.record.state)) await entry.work.ended
    if (entry.work === null) {
      if (entry.record.state === 'done') throw new UnrollError('run.finished', `"${entry.record.name}" is done: it was trained to its last step.`, { hint: 'Start a new run with more epochs.' })
      await this.launch(entry)
    } else if (entry.record.state === 'paused') {
      const training = this.training()
      if (training !== null) throw new UnrollError('run.busy', `"${training.record.name}" is training now, and one run trains at a time.`, { hint: 'Pause or stop it, then resume this one.' })
      entry.work.endTurn = await this.queue.turn(entry.work.giveUp.signal)
      await entry.work.execution.resume()
    }
    return this.describe(entry)
  }

  async stop(id: string): Promise<Run> {
    const entry = this.entry(id)
    await this.end(entry, 'stopped')
    return this.describe(entry)
  }

  async remove(id: string): Promise<void> {
    if (!this.unread.has(id)) await this.end(this.entry(id), 'stopped')
    await this.trash.take(join(this.home, id), id)
    this.entries.delete(id)
    this.unread.delete(id)
  }

  /** Null: it is back, and as damaged as it was. */
  async restore(id: string): Promise<Run | null> {
    await this.trash.putBack(id, join(this.home, id))
    await this.load(id)
    return this.unread.has(id) ? null : this.get(id)
  }

  /** Keeps a last checkpoint of every run at work; they can be resumed later. */
  async close(): Promise<void> {
    await Promise.all([...this.entries.values()].map((entry) => this.end(entry, 'interrupted')))
  }

  entry(id: string): RunEntry {
    const entry = this.entries.get(id)
    this.unread.expectWhole(id)
    if (entry === undefined) throw new UnrollError('run.not-found', `There is no run "${id}".`, { hint: 'It may have been removed; go back to the list of runs.' })
    return entry
  }

  /** Where the folder can't be read, the run is among the damaged. */
  private async load(id: string): Promise<void> {
    const folder = new RunFolder(join(this.home, id))
    this.unread.delete(id)
    if (!folder.exists()) return
    try {
      const { record, experiment } = await folder.read()
      if (!isOver(record.state) && !folder.isLocked()) {
        record.state = 'interrupted'
        await folder.saveRecord(record)
      }
      this.entries.set(id, { folder, record, experiment, last: await folder.lastMetric(), figures: await folder.figures(), work: null })
    } catch (error) {
      this.unread.add(id, await folder.name() ?? id, error)
    }
  }

  /** Puts the run in the queue; it trains when its turn comes. */
  private async launch(entry: RunEntry): Promise<void> {
    const { record, experiment, folder } = entry
    if (record.datasetId === null) throw new UnrollError('dataset.not-found', `"${record.name}" was trained on the command line; its data isn't in this workbench.`, { hint: 'Resume it with `unroll train … --resume`.' })
    const listener: RunListener = {
      changed: (run) => {
        entry.last = run.last
        entry.figures = run.figures
        this.emit('run.changed', { run })
      },
      metrics: (from, metrics) => this.emit('run.metrics', { id: record.id, from, metrics }),
      gradientFlow: (line) => this.emit('run.gradientFlow', { id: record.id, line }),
      // The data's were told at its import; the run's own stand in its record.
      warning: () => {},
    }
    const execution = new RunExecution(this.host, folder, record, experiment, this.datasets.folderOf(record.datasetId), listener)
    const ahead = this.training()
    if (ahead !== null) await execution.wait(`Waiting until "${ahead.record.name}" has ended or is paused`)
    else record.state = 'preparing'
    const giveUp = new AbortController()
    entry.work = { execution, giveUp, endTurn: null, ended: Promise.resolve() }
    entry.work.ended = this.work(entry, entry.work)
  }

  private async work(entry: RunEntry, work: NonNullable<RunEntry['work']>): Promise<void> {
    try {
      work.endTurn = await this.queue.turn(work.giveUp.signal)
      await work.execution.execute()
    } catch {
      // Given up while it waited for its turn.
      await work.execution.close()
    } finally {
      this.endTurn(work)
      entry.work = null
    }
  }

  private async end(entry: RunEntry, as: 'stopped' | 'interrupted'): Promise<void> {
    const { work } = entry
    if (work === null) return
    await work.execution.stop(as)
    work.giveUp.abort(new UnrollError('run.stopped', 'The run was stopped while it waited.'))
    await work.ended
  }

  private endTurn(work: NonNullable<RunEntry['work']>): void {
    work.endTurn?.()
    work.endTurn = null
  }

  private training(): RunEntry | null {
    return [...this.entries.values()].find(({ work }) => work !== null && work.endTurn !== null) ?? null
  }

  private describe({ work, record, experiment, last, figures }: RunEntry): Run {
    return work?.execution.describe() ?? describeRun(record, experiment, last, figures, null)
  }
}
