import { UnrollError } from '@shared/errors'
import type { Experiment } from '@shared/experiment/schema'
import type { RunState } from '@shared/metrics'
import type { Run } from '@shared/rpc/schemas'
import type { SessionEnd, Weights } from '../../engine/training/types'
import type { ComputeClient } from '../compute/compute-client'
import type { Lock } from '../files/lock'
import type { HostCapabilities } from '../host-capabilities'
import { chooseDevice, type Chosen } from './device-choice'
import { sourceHash } from '../datasets/source-hash'
import { readRunData } from './read-run-data'
import type { RunFolder } from './run-folder'
import { RunKeeper } from './run-keeper'
import { RunNews, type RunListener } from './run-news'
import { isOver, type RunRecord } from './run-record'
import { bestFigures, sessionOf } from './run-session'

/** Milliseconds that a worker has to end after `stop` before it is ended. */
const stopPatience = 5_000

/** What a graphics driver's fault comes as: reported, or fatal to the process it was in; and models that it can't run. */
const gpuFaults = new Set(['device.failed', 'device.fallback', 'device.too-large', 'compute.died'])

/**
 * One run being executed: preparing → running ⇄ paused → done | stopped | failed | interrupted.
 * Everything it learns is on disk before anybody is told.
 */
export class RunExecution {
  private readonly cancelled = new AbortController()
  private chosen: Chosen | null = null
  private readonly keeper: RunKeeper
  private readonly news: RunNews
  private endAs: 'stopped' | 'interrupted' = 'stopped'
  /** Evaluates the best weights on the held-out parts. */
  private evaluate: ReturnType<typeof bestFigures> | null = null
  private evaluating = false

  /** @param dataFolder what the paths inside the experiment are relative to */
  constructor(
    private readonly host: HostCapabilities, readonly folder: RunFolder, readonly record: RunRecord, readonly experiment: Experiment,
    private readonly dataFolder: string, listener: RunListener,
  ) {
    this.keeper = new RunKeeper(folder, record, experiment)
    this.news = new RunNews(this.keeper, listener, (error) => this.giveUp(error))
  }

  describe(): Run { return this.news.describe() }

  get stepsPerSecond(): number | null { return this.news.stepsPerSecond }

  /** Trains to the end, from the newest checkpoint where there is one. Never rejects: the record says how it ended. */
  async execute(): Promise<void> {
    let lock: Lock | null = null
    try {
      lock = await this.folder.lock()
      await this.enter('preparing')
      await this.finish(await this.train())
    } catch (error) {
      await this.fail(error)
    } finally {
      await this.chosen?.client.terminate()
      this.chosen = null
      await this.keeper.closeLogs().catch(() => {})
      lock?.release()
    }
  }

  async pause(): Promise<void> {
    if (this.record.state !== 'running' || this.chosen === null) return
    await this.chosen.client.pause()
    // It may have come to its end meanwhile.
    if (this.isIn('running')) await this.enter('paused')
  }

  async resume(): Promise<void> {
    if (this.record.state !== 'paused' || this.chosen === null) return
    await this.chosen.client.resume()
    if (this.isIn('paused')) await this.enter('running')
  }

  /** Ends the run; `execute` returns when it has ended. A last checkpoint is kept. */
  async stop(endAs: 'stopped' | 'interrupted' = 'stopped'): Promise<void> {
    if (isOver(this.record.state)) return
    this.endAs = endAs
    const client = this.chosen?.client
    if (this.evaluating) {
      // All is trained and kept; only the figures are given up.
      await client?.terminate()
      return
    }
    if (client === undefined) {
      this.cancelled.abort(stoppedEarly())
      return
    }
    await this.enter('stopping')
    const timer = setTimeout(() => void this.keeper.saved().then(() => client.terminate()), stopPatience)
    this.cancelled.signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
    await client.stop()
  }

  /** Says that the run waits for its turn. */
  async wait(reason: string): Promise<void> {
    this.record.device = reason
    await this.enter('preparing')
  }

  /** Ends a run that never began. */
  close(): Promise<void> { return this.enter(this.endAs) }

  /** The weights as they are now; null when no session holds any. */
  async liveWeights(): Promise<{ weights: Weights; step: number } | null> {
    if (this.chosen === null || (this.record.state !== 'running' && this.record.state !== 'paused')) return null
    return { weights: await this.chosen.client.weights(), step: this.news.last?.step ?? 0 }
  }

  /** Under `auto` a run whose GPU fails goes on on the CPU, from its newest checkpoint. */
  private async train(): Promise<SessionEnd> {
    const client = await this.prepare()
    await this.enter('running')
    try {
      return await client.run()
    } catch (error) {
      const { code, message } = UnrollError.from(error)
      const ended = this.record.state === 'stopping' || this.cancelled.signal.aborted
      if (ended || this.experiment.device !== 'auto' || this.chosen?.kind !== 'gpu' || !gpuFaults.has(code)) throw error
      this.news.warning({
        code: 'device.fell-back', step: this.news.last?.step ?? 0, message: `The GPU failed, and the run continued on the CPU from its newest checkpoint: ${message}`,
        hint: 'The two round a little differently: to repeat this run to the bit, train it anew on one of them.',
      })
      await this.chosen.client.terminate()
      this.chosen = null
      await this.keeper.saved()
      await this.keeper.closeLogs()
      await this.enter('preparing')
      const onCpu = await this.prepare(message)
      await this.enter('running')
      return onCpu.run()
    }
  }

  /** @param hash of its source now   @param step from which it goes on; null: it begins */
  private rememberData(hash: string | null, step: number | null): void {
    const { record } = this
    if (step === null) record.dataHash = hash
    else if (hash !== null && record.dataHash !== null && hash !== record.dataHash) {
      this.news.warning({ code: 'run.other-data', step, message: 'The data have changed since this run began: from here on it trains on what they are now.', hint: 'Put the old data back, or start a new run, if its figures are to be of one thing.' })
    }
  }

  /** @param gpuFailed why the GPU mustn't be taken again */
  private async prepare(gpuFailed: string | null = null): Promise<ComputeClient> {
    const { signal } = this.cancelled
    const { record, experiment, news, keeper } = this
    const [dataset, hash] = await Promise.all([readRunData(this.host, record.id, experiment, this.dataFolder, signal), sourceHash(experiment, this.dataFolder)])
    if (gpuFailed === null) news.ofData(dataset.warnings)
    const { options, stored } = await sessionOf(keeper, dataset, this.dataFolder)
    this.rememberData(hash, stored?.checkpoint.progress.step ?? null)
    news.last = stored === null ? null : await this.folder.lastMetric()
    this.chosen = await chooseDevice(this.host, experiment.device, record.deviceKind, options, {
      metrics: (metrics) => news.metrics(metrics),
      gradientFlow: (line) => news.gradientFlow(line),
      warning: (warning) => news.warning(warning),
      checkpoint: (checkpoint, reason) => keeper.keepCheckpoint(checkpoint, reason),
    }, signal, gpuFailed)
    signal.throwIfAborted()
    const { plan, kind, device } = this.chosen
    const { baselines, unit, inputSize, outputSize } = dataset
    const { best = null, step: checkpoint = null } = stored?.checkpoint.progress ?? {}
    Object.assign(record, { plan, deviceKind: kind, device, baselines, unit, inputSize, outputSize, best, checkpoint })
    this.evaluate = bestFigures(keeper, dataset)
    return this.chosen.client
  }

  private async finish(end: SessionEnd): Promise<void> {
    if (end === 'done') await this.reckon()
    await this.enter(end === 'done' ? 'done' : this.endAs)
  }

  /** Figures that fail to come don't make a failure of the run. */
  private async reckon(): Promise<void> {
    this.evaluating = true
    try {
      const figures = await this.evaluate?.(this.chosen!.client) ?? []
      if (figures.length === 0) return
      await this.folder.saveFigures(figures)
      this.news.figures = figures
    } catch (error) {
      const { code, message } = UnrollError.from(error)
      if (code !== 'compute.ended') this.news.warning({ code: 'run.no-figures', step: this.news.last?.step ?? 0, message: `The run is done, but its figures on the held-out parts couldn't be computed: ${message}` })
    } finally {
      this.evaluating = false
    }
  }

  /** The disk failed under a running session. */
  private giveUp(error: unknown): void {
    this.cancelled.abort(UnrollError.from(error))
    void this.chosen?.client.terminate()
  }

  private async fail(error: unknown): Promise<void> {
    const { state } = this.record
    const { signal } = this.cancelled
    const known = UnrollError.from(signal.aborted ? signal.reason : error)
    const stopped = known.code === 'run.stopped' || (state === 'stopping' && known.code === 'compute.ended')
    try {
      if (stopped) await this.enter(this.endAs)
      else {
        const { code, message, hint } = known
        this.record.error = { code, message, ...(hint !== undefined && { hint }) }
        await this.enter('failed')
      }
    } catch {
      // The disk that failed the run can't take its record either: those who listen are told all the same.
      this.news.changed()
    }
  }

  private async enter(state: RunState): Promise<void> {
    this.record.state = state
    if (state === 'preparing') this.record.error = null
    if (isOver(state)) this.cancelled.abort(stoppedEarly())
    await this.keeper.keepRecord()
    this.news.changed()
  }

  private isIn(state: RunState): boolean { return this.record.state === state }
}

const stoppedEarly = () => new UnrollError('run.stopped', 'The run was stopped before it began to train.')
