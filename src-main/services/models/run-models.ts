import { UnrollError } from '@shared/errors'
import type { WhichLooked } from '@shared/rpc/inspect-schemas'
import type { PreparedDataset } from '../../data/prepared-dataset'
import type { DataDesk } from '../datasets/data-desk'
import type { DatasetsService } from '../datasets/datasets-service'
import type { RunsService } from '../runs/runs-service'
import { loadModel, type TrainedModel } from './trained-model'

/** The networks of runs, as they are now or as they were kept, and what they were trained on. */
export class RunModels {
  /** The data of the run looked at last. */
  private data: { run: string; prepared: Promise<PreparedDataset> } | null = null

  constructor(private readonly runs: RunsService, private readonly datasets: DatasetsService, private readonly desk: DataDesk) {}

  /** `best` means the kept file; `last` and `newest` mean the session at work where there is one; `newest` the best when over. */
  async model(id: string, which: WhichLooked = 'newest'): Promise<TrainedModel> {
    const { folder, work } = this.runs.entry(id)
    if (typeof which === 'object') return loadModel(folder, 'last', await folder.checkpointWeights(which.step))
    const live = which === 'best' ? null : await work?.execution.liveWeights() ?? null
    return loadModel(folder, which === 'last' ? 'last' : 'best', live)
  }

  /** Whether a session holds weights that are newer than any file. */
  async isLive(id: string): Promise<boolean> {
    return (await this.runs.entry(id).work?.execution.liveWeights() ?? null) !== null
  }

  folder(id: string) { return this.runs.entry(id).folder }

  /** @throws UnrollError `dataset.not-found` */
  dataOf(id: string): Promise<PreparedDataset> {
    if (this.data?.run === id) return this.data.prepared
    const { record, experiment } = this.runs.entry(id)
    if (record.datasetId === null) throw new UnrollError('dataset.not-found', 'This run\'s data isn\'t in this workbench.')
    const prepared = this.desk.prepare(experiment, this.datasets.folderOf(record.datasetId))
    const kept = { run: id, prepared }
    this.data = kept
    prepared.catch(() => { if (this.data === kept) this.data = null })
    return prepared
  }
}
