import { UnrollError } from '@shared/errors'
import type { Experiment } from '@shared/experiment/schema'
import type { GradientFlowLine, Metric, RunState, RunWarning } from '@shared/metrics'
import type { PartFigures, Run } from '@shared/rpc/schemas'
import type { SessionEnd, Weights } from '../../engine/training/types'
import type { ComputeClient } from '../compute/compute-client'
import { namedFigures } from '../figures/run-figures'
import type { Lock } from '../files/lock'
import type { HostCapabilities } from '../host-capabilities'
import { chooseDevice, type Chosen } from './device-choice'
import { initialWeights } from './initial-weights'
import { readRunData } from './read-run-data'
import type { RunFolder } from './run-folder'
import { RunKeeper } from './run-keeper'
import { describeRun, isOver, type RunRecord } from './run-record'
import { TimeLeft } from './time-left'

export interface RunListener {
  changed(run: Run): void
  /** New lines; `from` is the index of the first. */
  metrics(from: number, metrics: Metric[]): void
  /** How the gradient goes back through time, every now and then. */
  gradientFlow?(line: GradientFlowLine): void
  /** What the data room wants the user to know, and what goes wrong on the way; of the latter the run's record tells too. */
  warning(sentence: string): void
}

/** Milliseconds between two `changed` that only tell progress. */
const changedInterval = 250
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
  private readonly timeLeft = new TimeLeft()
  private chosen: Chosen | null = null
  private readonly keeper: RunKeeper
  private last: Metric | null = null
  private toldAt = 0
  private endAs: 'stopped' | 'interrupted' = 'stopped'
  /** Evaluates the best weights on the held-out parts. */
  private evaluate: (() => Promise<PartFigures[]>) | null = null
  private evaluating = false
  private figures: PartFigures[] | null = null

  /** @param dataFolder what the paths inside the experiment are relative to */
  constructor(
    private readonly host: HostCapabilities, readonly folder: RunFolder, readonly record: RunRecord, readonly experiment: Experiment,
    private readonly dataFolder: string, private readonly listener: RunListener,
  ) {
    this.keeper = new RunKeeper(folder, record, experiment)
  }

  describe(): Run {
    const { last, record } = this
    const remaining = record.state === 'running' && last !== null ? this.timeLeft.remainingMs(last.step, record.plan.totalSteps) : null
    return describeRun(record, this.experiment, last, this.figures, remaining)
  }

  get stepsPerSecond(): number | null { return this.timeLeft.stepsPerSecond() }

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
    return { weights: await this.chosen.client.weights(), step: this.last?.step ?? 0 }
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
      this.warn({
        code: 'device.fell-back', step: this.last?.step ?? 0, message: `The GPU failed, and the run continued on the CPU from its newest checkpoint: ${message}`,
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

  /** @param gpuFailed why the GPU mustn't be taken again */
  private async prepare(gpuFailed: string | null = null): Promise<ComputeClient> {
    const { signal } = this.cancelled
    const dataset = await readRunData(this.host, this.record.id, this.experiment, this.dataFolder, signal)
    const { data, inputSize, outputSize, unitScale, baselines, unit, warnings } = dataset
    if (gpuFailed === null) for (const warning of warnings) this.listener.warning(warning)
    await this.keeper.keepFitted(dataset)
    const initial = await initialWeights(this.experiment, inputSize, outputSize, this.dataFolder)
    const stored = await this.folder.latestCheckpoint()
    await this.keeper.openLogs(stored)
    this.last = stored === null ? null : await this.folder.lastMetric()
    this.chosen = await chooseDevice(this.host, this.experiment.device, this.record.deviceKind, {
      experiment: this.experiment, data, unitScale, measure: dataset.measure,
      ...(initial !== undefined && { initial }), ...(stored !== null && { checkpoint: stored.checkpoint }),
    }, {
      metrics: (metrics) => this.keepMetrics(metrics),
      gradientFlow: (line) => this.keepFlow(line),
      warning: (warning) => this.warn(warning),
      checkpoint: (checkpoint, reason) => this.keeper.keepCheckpoint(checkpoint, reason),
    }, signal, gpuFailed)
    signal.throwIfAborted()
    const { plan, kind, device } = this.chosen
    Object.assign(this.record, { plan, deviceKind: kind, device, baselines, unit, inputSize, outputSize, best: stored?.checkpoint.progress.best ?? null, checkpoint: stored?.checkpoint.progress.step ?? null })
    // Of the data only what names the figures is kept here; the worker has the numbers.
    const named = { data: { form: data.form }, classes: dataset.classes, vocabulary: dataset.vocabulary, outputSize }
    this.evaluate = async () => namedFigures(await this.chosen!.client.evaluate({
      experiment: this.experiment, weights: (await this.folder.weights('best')).weights, data: null, parts: ['validation', 'test'],
      inputSize, outputSize, measure: dataset.measure,
    }), named)
    return this.chosen.client
  }

  private keepMetrics(metrics: Metric[]): void {
    const kept = this.keeper.keepMetrics(metrics)
    if (kept === null) return
    kept.written.then(() => this.listener.metrics(kept.from, metrics), (error: unknown) => this.giveUp(error))
    for (const metric of metrics) this.timeLeft.add(metric)
    this.last = metrics.findLast((metric) => metric.split === 'train') ?? this.last
    this.tellProgress()
  }

  private keepFlow(line: GradientFlowLine): void {
    this.keeper.keepFlow(line)?.then(() => this.listener.gradientFlow?.(line), (error: unknown) => this.giveUp(error))
  }

  private async finish(end: SessionEnd): Promise<void> {
    if (end === 'done') await this.reckon()
    await this.enter(end === 'done' ? 'done' : this.endAs)
  }

  /** Figures that fail to come don't make a failure of the run. */
  private async reckon(): Promise<void> {
    this.evaluating = true
    try {
      const figures = await this.evaluate?.() ?? []
      if (figures.length === 0) return
      await this.folder.saveFigures(figures)
      this.figures = figures
    } catch (error) {
      const { code, message } = UnrollError.from(error)
      if (code !== 'compute.ended') this.warn({ code: 'run.no-figures', step: this.last?.step ?? 0, message: `The run is done, but its figures on the held-out parts couldn't be computed: ${message}` })
    } finally {
      this.evaluating = false
    }
  }

  /** Told each time, kept once: a run that is resumed may meet the same again. */
  private warn(warning: RunWarning): void {
    this.listener.warning(warning.message)
    const { warnings } = this.record
    if (warnings.some(({ code }) => code === warning.code)) return
    this.record.warnings = [...warnings, warning]
    this.keeper.keepRecord().then(() => this.listener.changed(this.describe()), (error: unknown) => this.giveUp(error))
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
      this.listener.changed(this.describe())
    }
  }

  private async enter(state: RunState): Promise<void> {
    this.record.state = state
    if (state === 'preparing') this.record.error = null
    if (isOver(state)) this.cancelled.abort(stoppedEarly())
    await this.keeper.keepRecord()
    this.toldAt = performance.now()
    this.listener.changed(this.describe())
  }

  private isIn(state: RunState): boolean { return this.record.state === state }

  private tellProgress(): void {
    if (performance.now() - this.toldAt < changedInterval) return
    this.toldAt = performance.now()
    this.listener.changed(this.describe())
  }
}

const stoppedEarly = () => new UnrollError('run.stopped', 'The run was stopped before it began to train.')
