import type { GradientFlowLine, Metric, RunWarning } from '@shared/metrics'
import type { PartFigures, Run } from '@shared/rpc/schemas'
import type { RunKeeper } from './run-keeper'
import { describeRun } from './run-record'
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

/** What a run tells those who listen: each piece once it is on disk, how far it is a few times a second. */
export class RunNews {
  /** The newest line of training. */
  last: Metric | null = null
  /** What its best weights reach, once it is done. */
  figures: PartFigures[] | null = null
  private readonly timeLeft = new TimeLeft()
  private toldAt = 0

  /** @param giveUp called when the disk failed */
  constructor(private readonly keeper: RunKeeper, private readonly listener: RunListener, private readonly giveUp: (error: unknown) => void) {}

  get stepsPerSecond(): number | null { return this.timeLeft.stepsPerSecond() }

  describe(): Run {
    const { last, keeper: { record, experiment } } = this
    const remaining = record.state === 'running' && last !== null ? this.timeLeft.remainingMs(last.step, record.plan.totalSteps) : null
    return describeRun(record, experiment, last, this.figures, remaining)
  }

  changed(): void {
    this.toldAt = performance.now()
    this.listener.changed(this.describe())
  }

  metrics(metrics: Metric[]): void {
    const kept = this.keeper.keepMetrics(metrics)
    if (kept === null) return
    kept.written.then(() => this.listener.metrics(kept.from, metrics), this.giveUp)
    for (const metric of metrics) this.timeLeft.add(metric)
    this.last = metrics.findLast((metric) => metric.split === 'train') ?? this.last
    if (performance.now() - this.toldAt >= changedInterval) this.changed()
  }

  gradientFlow(line: GradientFlowLine): void {
    this.keeper.keepFlow(line)?.then(() => this.listener.gradientFlow?.(line), this.giveUp)
  }

  /** What the data room wants the user to know. */
  ofData(warnings: readonly string[]): void {
    for (const warning of warnings) this.listener.warning(warning)
  }

  /** Told each time, kept once: a run that is resumed may meet the same again. */
  warning(warning: RunWarning): void {
    this.listener.warning(warning.message)
    const { record } = this.keeper
    if (record.warnings.some(({ code }) => code === warning.code)) return
    record.warnings = [...record.warnings, warning]
    this.keeper.keepRecord().then(() => this.listener.changed(this.describe()), this.giveUp)
  }
}
