import { join } from 'node:path'
import { UnrollError } from '@shared/errors'
import type { ParsedParams } from '@shared/rpc/contract'
import type { Exported, Forecast, GeneratedText, Prediction, States } from '@shared/rpc/schemas'
import type { PreparedDataset } from '../../data/prepared-dataset'
import type { DataDesk } from '../datasets/data-desk'
import type { DatasetsService } from '../datasets/datasets-service'
import { makeFolder } from '../files/atomic'
import type { FileTokens } from '../files/file-tokens'
import type { WhichWeights } from '../runs/run-folder'
import type { RunsService } from '../runs/runs-service'
import { testAdding } from './adding-test'
import type { ComputeDesk } from './compute-desk'
import { forecastSeries } from './forecasting'
import { exportExperiment, exportSafetensors, type WrittenExport } from './model-export'
import { hiddenStates } from './states'
import { generateText } from './text-generation'
import { loadModel, type TrainedModel } from './trained-model'

/** What is done with a run's network, while it trains and after: looked into, let write and forecast, taken away. */
export class ModelsService {
  /** The data of the run looked at last. */
  private data: { run: string; prepared: Promise<PreparedDataset> } | null = null

  constructor(
    private readonly runs: RunsService, private readonly datasets: DatasetsService, private readonly desk: DataDesk,
    private readonly compute: ComputeDesk, private readonly files: FileTokens, private readonly exports: string,
  ) {}

  async states({ id, input }: ParsedParams<'inspect.states'>): Promise<States> {
    const model = await this.model(id)
    return this.compute.run((client) => hiddenStates(client, model, input, () => this.dataOf(id)))
  }

  async text({ id, ...request }: ParsedParams<'playground.text'>): Promise<GeneratedText> {
    const model = await this.model(id)
    return this.compute.run((client) => generateText(client, model, request))
  }

  async forecast({ id, ...request }: ParsedParams<'playground.forecast'>): Promise<Forecast> {
    const model = await this.model(id)
    const data = await this.dataOf(id)
    return this.compute.run((client) => forecastSeries(client, model, data, request))
  }

  async adding({ id, ...request }: ParsedParams<'playground.adding'>): Promise<Prediction> {
    const model = await this.model(id)
    return this.compute.run((client) => testAdding(client, model, request))
  }

  async export({ id, format, weights }: ParsedParams<'export.create'>): Promise<Exported> {
    const { record, experiment } = this.runs.entry(id)
    await makeFolder(this.exports)
    const fileName = format === 'experiment' ? `${plain(record.name)}.json` : `${plain(record.name)}-${weights}.safetensors`
    const path = join(this.exports, `${id}-${fileName}`)
    const written: WrittenExport = format === 'experiment'
      ? await exportExperiment(experiment, path)
      : await this.exportWeights(id, weights, path)
    const { token } = await this.files.grant(path, fileName)
    return { token, fileName, ...written }
  }

  private async exportWeights(id: string, which: WhichWeights, path: string): Promise<WrittenExport> {
    const model = await this.model(id, which)
    return this.compute.run((client) => exportSafetensors(client, model, path))
  }

  /** `best` means the kept file; `last` and `newest` mean the session at work where there is one; `newest` the best when over. */
  private async model(id: string, which: WhichWeights | 'newest' = 'newest'): Promise<TrainedModel> {
    const { folder, work } = this.runs.entry(id)
    const live = which === 'best' ? null : await work?.execution.liveWeights() ?? null
    return loadModel(folder, which === 'last' ? 'last' : 'best', live)
  }

  private dataOf(id: string): Promise<PreparedDataset> {
    if (this.data?.run === id) return this.data.prepared
    const { record, experiment } = this.runs.entry(id)
    if (record.datasetId === null) throw new UnrollError('dataset.not-found', 'This run\'s data isn\'t in this workbench.')
    const prepared = this.desk.prepare(experiment, this.datasets.folderOf(record.datasetId))
    this.data = { run: id, prepared }
    prepared.catch(() => { this.data = null })
    return prepared
  }
}

const plain = (name: string): string => name.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[-.]+|-+$/g, '').slice(0, 80) || 'run'
