import { join } from 'node:path'
import type { ParsedParams } from '@shared/rpc/contract'
import type { Classified, Exported, Forecast, GeneratedText, HeldOutExample, HeldOutRecord, Prediction, SequenceAnswer, States } from '@shared/rpc/schemas'
import { makeFolder } from '../files/atomic'
import type { FileTokens } from '../files/file-tokens'
import type { WhichWeights } from '../runs/run-folder'
import type { RunsService } from '../runs/runs-service'
import { testAdding } from './adding-test'
import { classifySequence } from './classification'
import type { ComputeDesk } from './compute-desk'
import { forecastSeries } from './forecasting'
import { heldOutExample } from './held-out-example'
import { heldOutRecord } from './held-out-record'
import { exportExperiment, exportSafetensors, type WrittenExport } from './model-export'
import type { RunModels } from './run-models'
import { answerCandidates } from './sequence-generation'
import { hiddenStates } from './states'
import { generateText } from './text-generation'

/** What is done with a run's network, while it trains and after: looked into, let write and forecast, taken away. */
export class ModelsService {
  constructor(
    private readonly runs: RunsService, private readonly models: RunModels,
    private readonly compute: ComputeDesk, private readonly files: FileTokens, private readonly exports: string,
  ) {}

  async states({ id, input }: ParsedParams<'inspect.states'>): Promise<States> {
    const model = await this.models.model(id)
    return this.compute.run((client) => hiddenStates(client, model, input, () => this.models.dataOf(id)))
  }

  async text({ id, ...request }: ParsedParams<'playground.text'>): Promise<GeneratedText> {
    const model = await this.models.model(id)
    return this.compute.run((client) => generateText(client, model, request))
  }

  async forecast({ id, ...request }: ParsedParams<'playground.forecast'>): Promise<Forecast> {
    const model = await this.models.model(id)
    const data = await this.models.dataOf(id)
    return this.compute.run((client) => forecastSeries(client, model, data, request))
  }

  async adding({ id, ...request }: ParsedParams<'playground.adding'>): Promise<Prediction> {
    const model = await this.models.model(id)
    return this.compute.run((client) => testAdding(client, model, request))
  }

  async answer({ id, ...request }: ParsedParams<'playground.answer'>): Promise<SequenceAnswer> {
    const model = await this.models.model(id)
    return this.compute.run((client) => answerCandidates(client, model, request))
  }

  async classify({ id, ...request }: ParsedParams<'playground.classify'>): Promise<Classified> {
    const model = await this.models.model(id)
    return this.compute.run((client) => classifySequence(client, model, request))
  }

  async example({ id, seed }: ParsedParams<'playground.example'>): Promise<HeldOutExample> {
    return heldOutExample(await this.models.model(id), await this.models.dataOf(id), seed)
  }

  async record({ id, seed }: ParsedParams<'playground.record'>): Promise<HeldOutRecord> {
    const model = await this.models.model(id)
    const data = await this.models.dataOf(id)
    return this.compute.run((client) => heldOutRecord(client, model, data, seed))
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
    const model = await this.models.model(id, which)
    return this.compute.run((client) => exportSafetensors(client, model, path))
  }
}

const plain = (name: string): string => name.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[-.]+|-+$/g, '').slice(0, 80) || 'run'
