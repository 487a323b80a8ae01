import type { Experiment } from '@shared/experiment/schema'
import type { GradientFlowLine, Metric } from '@shared/metrics'
import type { Checkpoint } from '../../engine/training/types'
import type { StoredCheckpoint } from './checkpoint-file'
import type { MetricsLog } from './metrics-log'
import type { RunFolder } from './run-folder'
import type { RunRecord } from './run-record'
import { weightsMetadata, type Fitted } from './weights-metadata'

/** What a run leaves in its folder while it trains: its lines, checkpoints, weights and record. */
export class RunKeeper {
  private log: MetricsLog | null = null
  private flowLog: MetricsLog<GradientFlowLine> | null = null
  private fitted: Fitted = { vocabulary: null, scaler: null }
  private saving: Promise<void> = Promise.resolve()
  private recording: Promise<void> = Promise.resolve()

  constructor(readonly folder: RunFolder, readonly record: RunRecord, readonly experiment: Experiment) {}

  /** Keeps what the data room fitted, and takes figures of earlier weights away. */
  async keepFitted(fitted: Fitted): Promise<void> {
    this.fitted = fitted
    await this.folder.saveFitted(fitted)
    await this.folder.saveFigures(null)
  }

  /** Opens the logs where the newest checkpoint left them; lines after it are cut off. */
  async openLogs(stored: StoredCheckpoint | null): Promise<void> {
    this.log = await this.folder.openLog(stored?.metricLines ?? 0)
    this.flowLog = await this.folder.openFlowLog(stored?.checkpoint.progress.step ?? 0)
  }

  async closeLogs(): Promise<void> {
    const [log, flowLog] = [this.log, this.flowLog]
    this.log = null
    this.flowLog = null
    await Promise.all([log?.close(), flowLog?.close()])
  }

  /** @returns the index of the first line, and when all are written; null when no log is open */
  keepMetrics(metrics: readonly Metric[]): { from: number; written: Promise<void> } | null {
    if (this.log === null) return null
    const from = this.log.lines
    return { from, written: this.log.append(metrics) }
  }

  /** Null when no log is open. */
  keepFlow(line: GradientFlowLine): Promise<void> | null {
    return this.flowLog?.append([line]) ?? null
  }

  keepCheckpoint(checkpoint: Checkpoint, reason: 'best' | 'periodic' | 'final'): Promise<void> {
    this.saving = this.saveCheckpoint(checkpoint, reason)
    return this.saving
  }

  /** Resolves when the last checkpoint is kept, or failed to be. */
  saved(): Promise<void> { return this.saving.catch(() => {}) }

  /** One after the other, each with the newest state: of two at once the older might land last. */
  keepRecord(): Promise<void> {
    const saved = this.recording.then(() => this.folder.saveRecord(this.record))
    this.recording = saved.catch(() => {})
    return saved
  }

  private async saveCheckpoint(checkpoint: Checkpoint, reason: 'best' | 'periodic' | 'final'): Promise<void> {
    const { weights, progress } = checkpoint
    await Promise.all([this.log?.flush(), this.flowLog?.flush()])
    const metadata = weightsMetadata(this.experiment, this.record, this.fitted, progress.step)
    if (reason === 'best') {
      await this.folder.saveWeights('best', weights, metadata)
    } else {
      await this.folder.saveWeights('last', weights, metadata)
      await this.folder.saveCheckpoint(checkpoint, this.log?.lines ?? 0)
      this.record.checkpoint = progress.step
    }
    this.record.best = progress.best
    await this.keepRecord()
  }
}
