import { existsSync } from 'node:fs'
import { readFile, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { UnrollError } from '@shared/errors'
import { experimentSchema, type Experiment } from '@shared/experiment/schema'
import { gradientFlowLineSchema, type GradientFlowLine, type Metric } from '@shared/metrics'
import type { MetricBlock } from '@shared/rpc/metric-block'
import { partFiguresSchema, type PartFigures } from '@shared/rpc/schemas'
import type { Checkpoint, Weights } from '../../engine/training/types'
import { fromWeights, readSafetensors, toWeights, writeSafetensors } from '../../formats/safetensors'
import { isMissing, makeFolder, readJson, writeAtomic, writeJson } from '../files/atomic'
import { unreadable } from '../files/damage'
import { isLocked, takeLock, type Lock } from '../files/lock'
import { decodeCheckpoint, encodeCheckpoint, type StoredCheckpoint } from './checkpoint-file'
import { MetricsLog, readLastMetrics } from './metrics-log'
import { MetricsReader } from './metrics-reader'
import { isOver, runRecordSchema, type RunRecord } from './run-record'
import type { Fitted } from './weights-metadata'

/** Lines of gradient-flow.jsonl that a window is told at most; evenly spaced where there are more, the newest among them. */
const mostFlowLines = 400

/** Newest checkpoints that are kept. */
const kept = 3

export type WhichWeights = 'best' | 'last'

/**
 * A run's folder (docs/experiment-file.md): experiment.json, run.json, metrics.jsonl, gradient-flow.jsonl, weights.safetensors,
 * best.safetensors, figures.json, checkpoints/, vocabulary.json, classes.json or scaler.json. Every file is there whole or not at all.
 */
export class RunFolder {
  private readonly metricsReader: MetricsReader

  constructor(readonly path: string) {
    this.metricsReader = new MetricsReader(this.metricsFile)
  }

  private get metricsFile(): string { return join(this.path, 'metrics.jsonl') }
  private get flowFile(): string { return join(this.path, 'gradient-flow.jsonl') }
  private get checkpointFolder(): string { return join(this.path, 'checkpoints') }
  private get lockFile(): string { return join(this.path, '.lock') }

  exists(): boolean { return existsSync(join(this.path, 'run.json')) }
  isLocked(): boolean { return isLocked(this.lockFile) }

  async lock(): Promise<Lock> {
    await makeFolder(this.path)
    return takeLock(this.lockFile, `the run folder ${this.path}`)
  }

  async create(record: RunRecord, experiment: Experiment): Promise<void> {
    await makeFolder(this.checkpointFolder)
    await writeJson(join(this.path, 'experiment.json'), experiment)
    await this.saveRecord(record)
  }

  saveRecord(record: RunRecord): Promise<void> {
    return writeJson(join(this.path, 'run.json'), record)
  }

  /** @throws UnrollError `run.not-found`, `run.unreadable` */
  async read(): Promise<{ record: RunRecord; experiment: Experiment }> {
    const [record, experiment] = await Promise.all([this.json('run.json'), this.json('experiment.json')])
    if (record === null || experiment === null) {
      throw new UnrollError('run.not-found', `${this.path} isn't a run folder: it has no ${record === null ? 'run.json' : 'experiment.json'}.`, {
        hint: 'Give the folder that `unroll train --out` wrote.', where: { file: this.path },
      })
    }
    const parsed = { record: runRecordSchema.safeParse(record), experiment: experimentSchema.safeParse(experiment) }
    if (!parsed.record.success) throw this.unreadable('run.json', parsed.record.error)
    if (!parsed.experiment.success) throw this.unreadable('experiment.json', parsed.experiment.error)
    return { record: parsed.record.data, experiment: parsed.experiment.data }
  }

  /** What its experiment calls it; null where that can't be read. */
  async name(): Promise<string | null> {
    const named = z.object({ name: z.string() }).safeParse(await this.json('experiment.json').catch(() => null))
    return named.success ? named.data.name : null
  }

  /** Symbol tables and the scaler, as the data room fitted it. */
  async saveFitted({ vocabulary, classes, scaler }: Fitted): Promise<void> {
    if (classes !== undefined) await writeJson(join(this.path, 'classes.json'), classes)
    if (vocabulary !== null) await writeJson(join(this.path, 'vocabulary.json'), vocabulary)
    if (scaler !== null) await writeJson(join(this.path, 'scaler.json'), scaler)
  }

  vocabulary(): Promise<unknown> { return this.json('vocabulary.json') }
  classes(): Promise<unknown> { return this.json('classes.json') }
  scaler(): Promise<unknown> { return this.json('scaler.json') }

  /** What the best weights reach on the held-out parts; null takes the figures of earlier weights away. */
  async saveFigures(figures: readonly PartFigures[] | null): Promise<void> {
    if (figures === null) await rm(join(this.path, 'figures.json'), { force: true })
    else await writeJson(join(this.path, 'figures.json'), figures)
  }

  /** Null when there are none, or none that can be read: `unroll eval` makes them anew. */
  async figures(): Promise<PartFigures[] | null> {
    const parsed = z.array(partFiguresSchema).safeParse(await this.json('figures.json').catch(() => null))
    return parsed.success ? parsed.data : null
  }

  metrics(from: number): Promise<MetricBlock> { return this.metricsReader.read(from) }

  /** Opens metrics.jsonl for appending after its first `lines` lines; what follows them is cut off. */
  openLog(lines: number): Promise<MetricsLog> {
    this.metricsReader.forget(lines)
    return MetricsLog.openAt(this.metricsFile, lines)
  }

  /** How the gradient went back through time, step by step; a torn or foreign line is passed over. */
  async gradientFlow(): Promise<GradientFlowLine[]> {
    const lines = (await this.flowLines()).flatMap((text): GradientFlowLine[] => {
      try {
        return [gradientFlowLineSchema.parse(JSON.parse(text))]
      } catch {
        return []
      }
    })
    if (lines.length <= mostFlowLines) return lines
    return Array.from({ length: mostFlowLines }, (_, at) => lines[Math.round(at * (lines.length - 1) / (mostFlowLines - 1))]!)
  }

  /** Opens gradient-flow.jsonl for appending after the lines of steps up to `step`; what follows them is cut off. */
  async openFlowLog(step: number): Promise<MetricsLog<GradientFlowLine>> {
    const lines = await this.flowLines()
    const later = lines.findIndex((text) => Number(/"step":(\d+)/.exec(text)?.[1] ?? Infinity) > step)
    return MetricsLog.openAt<GradientFlowLine>(this.flowFile, later < 0 ? lines.length : later)
  }

  private async flowLines(): Promise<string[]> {
    const bytes = await this.bytes(this.flowFile)
    return bytes === null ? [] : Buffer.from(bytes).toString('utf8').split('\n').filter(Boolean)
  }

  async lastMetric(): Promise<Metric | null> {
    return (await readLastMetrics(this.metricsFile)).findLast((metric) => metric.split === 'train') ?? null
  }

  async saveWeights(which: WhichWeights, weights: Weights, metadata: Record<string, string>): Promise<void> {
    await writeAtomic(this.weightsFile(which), writeSafetensors(fromWeights(weights), metadata))
  }

  /** @throws UnrollError `run.no-weights` when nothing was kept yet, `run.weights-gone` when what was kept was removed, `weights.unreadable` */
  async weights(which: WhichWeights): Promise<{ weights: Weights; step: number; which: WhichWeights }> {
    for (const each of which === 'best' ? ['best', 'last'] as const : ['last'] as const) {
      const bytes = await this.bytes(this.weightsFile(each))
      if (bytes === null) continue
      const file = this.weightsIn(each, bytes)
      return { weights: toWeights(file), step: Number(file.metadata['step'] ?? 0), which: each }
    }
    throw await this.noWeights()
  }

  private weightsIn(which: WhichWeights, bytes: Uint8Array): ReturnType<typeof readSafetensors> {
    try {
      return readSafetensors(bytes)
    } catch (cause) {
      throw unreadable('weights.unreadable', this.weightsFile(which), cause, 'Put the file back from a copy, or choose other weights; the checkpoints beside it are untouched.')
    }
  }

  private async noWeights(): Promise<UnrollError> {
    const { record: { state, best, checkpoint } } = await this.read()
    const steps = (await this.weightSteps()).checkpoints
    if (state === 'done' || best !== null || checkpoint !== null || steps.length > 0) {
      return new UnrollError('run.weights-gone', `This run's weights were removed: neither best.safetensors nor weights.safetensors is in ${this.path} any more.`, {
        hint: `Put them back from a copy, or ${steps.length > 0 ? `choose a checkpoint that is still there (step ${steps.join(', ')})` : 'train the run again'}.`,
      })
    }
    return isOver(state)
      ? new UnrollError('run.no-weights', 'This run has no weights: it ended before its first checkpoint.', { hint: 'Train it again, at least to its first checkpoint.' })
      : new UnrollError('run.no-weights', 'This run has no weights yet: it hasn\'t come to its first checkpoint.', { hint: 'Wait for it, or let it check more often (training.checkpointEvery).' })
  }

  async saveCheckpoint(checkpoint: Checkpoint, metricLines: number): Promise<void> {
    const name = `step-${String(checkpoint.progress.step).padStart(6, '0')}.safetensors`
    await makeFolder(this.checkpointFolder)
    await writeAtomic(join(this.checkpointFolder, name), encodeCheckpoint({ checkpoint, metricLines }))
    const old = (await this.checkpointNames()).slice(kept)
    await Promise.all(old.map((each) => rm(join(this.checkpointFolder, each), { force: true })))
  }

  /** Steps of the kept weights and checkpoints, for choosing among them; null: there are none, or none that can be read. */
  async weightSteps(): Promise<{ best: number | null; last: number | null; checkpoints: number[] }> {
    const stepOf = async (which: WhichWeights) => {
      const bytes = await this.bytes(this.weightsFile(which))
      try {
        return bytes === null ? null : Number(readSafetensors(bytes).metadata['step'] ?? 0)
      } catch {
        return null
      }
    }
    const [best, last, names] = await Promise.all([stepOf('best'), stepOf('last'), this.checkpointNames()])
    return { best, last, checkpoints: names.map((name) => Number(/\d+/.exec(name)![0])).reverse() }
  }

  /** @throws UnrollError `run.no-weights` when there is no checkpoint of this step, `checkpoint.unreadable` */
  async checkpointWeights(step: number): Promise<{ weights: Weights; step: number }> {
    const name = (await this.checkpointNames()).find((each) => Number(/\d+/.exec(each)![0]) === step)
    if (name === undefined) throw new UnrollError('run.no-weights', `There is no checkpoint of step ${step} any more.`, { hint: 'Only the newest checkpoints are kept; choose one of them, or the best weights.' })
    const file = join(this.checkpointFolder, name)
    return { weights: decodeCheckpoint(await readFile(file), file).checkpoint.weights, step }
  }

  /** The newest checkpoint; null when there is none. */
  async latestCheckpoint(): Promise<StoredCheckpoint | null> {
    const [newest] = await this.checkpointNames()
    if (newest === undefined) return null
    const file = join(this.checkpointFolder, newest)
    return decodeCheckpoint(await readFile(file), file)
  }

  /** Newest first. */
  private async checkpointNames(): Promise<string[]> {
    try {
      const step = (name: string) => Number(/^step-(\d+)\.safetensors$/.exec(name)?.[1] ?? NaN)
      return (await readdir(this.checkpointFolder)).filter((name) => !Number.isNaN(step(name))).sort((a, b) => step(b) - step(a))
    } catch (error) {
      if (isMissing(error)) return []
      throw error
    }
  }

  private weightsFile(which: WhichWeights): string {
    return join(this.path, which === 'best' ? 'best.safetensors' : 'weights.safetensors')
  }

  private async bytes(path: string): Promise<Uint8Array | null> {
    try {
      return await readFile(path)
    } catch (error) {
      if (isMissing(error)) return null
      throw error
    }
  }

  private async json(name: string): Promise<unknown> {
    try {
      return await readJson(join(this.path, name))
    } catch (cause) {
      throw this.unreadable(name, cause)
    }
  }

  private unreadable(name: string, cause: unknown): UnrollError {
    return unreadable('run.unreadable', join(this.path, name), cause, 'Put the file back from a copy. The weights beside it are untouched; remove the run when you no longer need it.')
  }
}
