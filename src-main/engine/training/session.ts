import type { GradientFlowLine, Metric } from '@shared/metrics'
import { UnrollError } from '@shared/errors'
import type { Backend } from '../backends/backend'
import { breather, engineHost, type EngineHost } from '../host'
import { scheduleOf, type Schedule } from '../schedules/schedule'
import { trainingBatches } from './batches'
import { Control, Exclusive } from './control'
import { nonFinite, notFinite } from './diagnosis'
import { Epochs } from './epochs'
import { FlowMeter, flowFigures } from './flow-meter'
import { createEvaluator, scoreOf, type Evaluator } from './evaluation'
import { Meter } from './meter'
import { expectDataFits, expectSupported, expectValidation } from './setup'
import { Trainer, type StepOutcome, type StepToDo } from './trainer'
import type { Checkpoint, Session, SessionEnd, SessionEvents, SessionOptions, SessionPlan } from './types'

/** A session that also tells what its program runs on. */
export interface TrainingSession extends Session {
  /** The executor of the training program, e.g. "wasm-simd"; null before the first step. */
  readonly executor: string | null
}

/**
 * One training run on one backend. A program is compiled when the first batch of its shape comes: batches of sequences are
 * padded to a few lengths, and one that is not full is filled up with rows of length 0, which count for nothing.
 * @param host the clock, and how to let messages in; the surrounding runtime's when left out
 * @throws UnrollError `experiment.unsupported`, `experiment.mismatch`, `dataset.too-short`, `dataset.invalid`, `shape.mismatch`
 */
export async function createSession(backend: Backend, options: SessionOptions, host: EngineHost = engineHost): Promise<TrainingSession> {
  expectSupported(options.experiment)
  const batches = trainingBatches(options.data, options.experiment)
  expectDataFits(options.experiment, batches.source, options.data.form === 'pairs')
  return new BackendSession(options, new Trainer(backend, options, batches), backend, host)
}

/** Milliseconds of a step that another is begun behind: what a stop keeps is read when both are over, within 100 ms. */
const shortStep = 25

class BackendSession implements TrainingSession {
  readonly plan: SessionPlan
  private readonly control = new Control()
  private readonly exclusive = new Exclusive()
  private readonly epochs: Epochs
  private readonly meter: Meter
  private readonly evaluator: Evaluator | null
  /** Null where none is wanted, or where it failed. */
  private flow: FlowMeter | null
  private readonly schedule: Schedule
  private readonly breathe: () => Promise<void>
  private readonly cancelled = () => this.control.stopping
  private readonly unitScale: number | null
  private step: number
  private best: Checkpoint['progress']['best']
  private unimproved: number
  private validationDue: boolean
  private lastStepMs = Infinity
  private running = false
  private disposed = false

  constructor(private readonly options: SessionOptions, private readonly trainer: Trainer, backend: Backend, private readonly host: EngineHost) {
    const { experiment, data, checkpoint, unitScale = 1, measure } = options
    const { layout } = trainer.batches
    this.unitScale = unitScale
    this.epochs = new Epochs(layout, experiment.training.seed, checkpoint?.progress)
    this.meter = new Meter(host, checkpoint?.progress.elapsedMs ?? 0)
    this.evaluator = createEvaluator(backend, experiment, data, 'validation', trainer.parameters, { unitScale, measure })
    this.flow = experiment.training.gradientFlowEvery === null ? null : new FlowMeter(backend, options, trainer.batches, trainer.parameters)
    this.breathe = breather(host)
    this.step = checkpoint?.progress.step ?? 0
    this.best = checkpoint?.progress.best ?? null
    this.unimproved = checkpoint?.progress.unimproved ?? 0
    this.validationDue = checkpoint?.progress.validationDue ?? false
    expectValidation(experiment, this.evaluator !== null)
    const { epochs, maxSteps } = experiment.training
    this.plan = { parameters: trainer.parameterCount, stepsPerEpoch: layout.batches, totalSteps: Math.min(epochs * layout.batches, maxSteps ?? Infinity) }
    this.schedule = scheduleOf(experiment.training.schedule, experiment.training.optimizer.learningRate, this.plan, checkpoint?.progress.schedule)
  }

  get executor(): string | null {
    return this.trainer.executor
  }

  /** Whether early stopping's patience has run out. */
  private get ranOut(): boolean {
    return this.unimproved >= (this.options.experiment.training.earlyStopping?.patience ?? Infinity)
  }

  /** The learning rate of the step to come. */
  private get learningRate(): number {
    return this.schedule.rate(this.step + 1)
  }

  async run(events: SessionEvents): Promise<SessionEnd> {
    if (this.running || this.disposed) throw new UnrollError('internal.fault', `A session was run ${this.disposed ? 'after it was disposed of' : 'while it was running'}.`)
    this.running = true
    this.meter.start()
    try {
      // The run before was stopped in it, or before it.
      if (this.validationDue) await this.validate(events)
      while (this.step < this.plan.totalSteps && !this.control.stopping && !this.ranOut) {
        if (this.control.pausing) await this.rest(events)
        else if (!await this.advance(events)) break
        await this.breathe()
      }
      await this.keep(events, 'final')
      return this.control.stopping && this.step < this.plan.totalSteps && !this.ranOut ? 'stopped' : 'done'
    } catch (error) {
      // The variables are those from before the step that diverged: worth keeping, to go on from with a lower rate. Where
      // they are no numbers themselves, the checkpoint before stays the last.
      if (isNonFinite(error)) await this.keep(events, 'final').catch((again: unknown) => { if (!isNonFinite(again)) throw again })
      throw error
    } finally {
      this.meter.pause()
      this.control.clear()
      this.running = false
    }
  }

  pause(): void {
    this.control.pause()
  }

  resume(): void {
    this.control.resume()
  }

  stop(): void {
    this.control.stop()
  }

  weights() {
    return this.exclusive.run(() => this.trainer.weights())
  }

  async time(steps: number): Promise<number> {
    const times = await this.exclusive.run(() => this.trainer.time(this.step + 1, this.learningRate, Math.max(1, steps), this.host))
    times.sort((a, b) => a - b)
    const middle = Math.floor(times.length / 2)
    return times.length % 2 ? times[middle]! : (times[middle - 1]! + times[middle]!) / 2
  }

  /** Gives a run under way up, without a last checkpoint, and frees the programs when its step has ended. */
  async dispose(): Promise<void> {
    this.disposed = true
    this.control.stop()
    await this.exclusive.run(async () => {
      await this.trainer.dispose()
      await this.evaluator?.dispose()
      await this.flow?.dispose()
    })
  }

  /** One step and what belongs to it: metric, validation, checkpoint. False when the step was given up. */
  private async advance(events: SessionEvents): Promise<boolean> {
    if (this.epochs.ended) {
      this.epochs.next()
      this.trainer.resetState()
    }
    const start = this.host.now()
    const learningRate = this.learningRate
    const toDo = { step: this.step + 1, learningRate, index: this.epochs.batch, order: this.epochs.order }
    const next = this.nextAtOnce(toDo)
    const outcome = await this.exclusive.run(() => this.trainer.step(toDo, this.cancelled, next))
    if (!outcome) return false
    this.step++
    this.epochs.batch++
    this.lastStepMs = this.host.now() - start
    this.meter.step(this.lastStepMs, outcome.batch.tokens)
    const { last, periodic, validates, looks } = this.after(this.step, this.epochs.ended)
    const flow = looks ? await this.lookAtFlow(events) : null
    events.metric({ ...this.trainingMetric(outcome, learningRate), ...(flow && flowFigures(flow)) })
    if (validates || last) await this.validate(events)
    // A step that ended the run is kept once, as 'final'.
    if (periodic && !last && !this.ranOut && !this.control.stopping) await this.keep(events, 'periodic')
    return true
  }

  /** What comes after a step. */
  private after(step: number, epochEnds: boolean): { last: boolean; periodic: boolean; validates: boolean; looks: boolean } {
    const { validateEvery, checkpointEvery, gradientFlowEvery } = this.options.experiment.training
    const periodic = step % checkpointEvery === 0
    const looks = gradientFlowEvery !== null && step % gradientFlowEvery === 0
    return { last: step === this.plan.totalSteps, periodic, looks, validates: validateEvery === null ? epochEnds || periodic : step % validateEvery === 0 }
  }

  /**
   * The step after this one, if it may be begun before this one is over: nothing is read or changed between them, and both are
   * over soon enough for a stop.
   */
  private nextAtOnce({ step, index, order }: StepToDo): StepToDo | null {
    const epochEnds = index + 1 === this.trainer.batches.layout.batches
    const { last, periodic, validates, looks } = this.after(step, epochEnds)
    if (epochEnds || last || periodic || validates || looks || this.lastStepMs > shortStep || this.control.pausing || this.control.stopping) return null
    return { step: step + 1, learningRate: this.schedule.rate(step + 1), index: index + 1, order }
  }

  /** A look that can't be had, for lack of memory for instance, ends the looking, not the run, and is told. */
  private async lookAtFlow(events: SessionEvents): Promise<GradientFlowLine | null> {
    const { flow } = this
    if (!flow) return null
    try {
      const line = await this.exclusive.run(() => flow.measure(this.step, this.epochs.epoch, this.cancelled))
      if (line) events.gradientFlow?.(line)
      return line
    } catch (error) {
      this.flow = null
      events.warning?.({
        code: 'training.no-flow', step: this.step, message: `The gradient flow couldn't be looked at: ${UnrollError.from(error).message}`,
        hint: 'Training went on without it. Resuming the run tries again; training.gradientFlowEvery null leaves the looks out.',
      })
      // What is broken may not even be let go of.
      await flow.dispose().catch(() => {})
      return null
    }
  }

  private trainingMetric({ loss, score, gradNorm, batch }: StepOutcome, learningRate: number): Metric {
    return {
      step: this.step, epoch: this.epochs.epoch, split: 'train', loss, ...scoreOf(score, batch, this.options.experiment, this.unitScale),
      gradNorm, learningRate, ...this.meter.rates(), elapsedMs: this.meter.elapsedMs,
    }
  }

  private async validate(events: SessionEvents): Promise<void> {
    this.validationDue = this.evaluator !== null
    const found = await this.exclusive.run(async () => this.evaluator?.evaluate(this.cancelled, this.breathe) ?? null)
    if (!found) return
    if (!Number.isFinite(found.loss)) {
      throw nonFinite(`After step ${this.step} the validation loss became ${found.loss}`, { step: this.step }, this.learningRate, this.options.experiment)
    }
    events.metric({ step: this.step, epoch: this.epochs.epoch, split: 'validation', ...found, elapsedMs: this.meter.elapsedMs })
    this.validationDue = false
    this.schedule.validated(found.loss)
    const better = this.best === null || found.loss < this.best.loss
    this.unimproved = better ? 0 : this.unimproved + 1
    if (!better) return
    this.best = { step: this.step, loss: found.loss }
    await this.keep(events, 'best')
  }

  private async rest(events: SessionEvents): Promise<void> {
    this.meter.pause()
    await this.keep(events, 'final')
    await this.control.released()
    this.meter.start()
  }

  /** @throws UnrollError `numeric.non-finite` in place of a checkpoint that would hold no numbers */
  private async keep(events: SessionEvents, reason: 'best' | 'periodic' | 'final'): Promise<void> {
    if (this.disposed) return
    const tensors = await this.exclusive.run(() => this.trainer.tensors())
    const { step, best, unimproved, validationDue } = this
    const broken = notFinite({ ...tensors.weights, ...tensors.optimizer, ...tensors.carried })
    if (broken) throw nonFinite(`After the update of step ${step} ${broken.name} is ${broken.value}; the checkpoint before it is kept`, { step, parameter: broken.name }, this.learningRate, this.options.experiment)
    const progress = { step, ...this.epochs.progress(), elapsedMs: this.meter.elapsedMs, best, unimproved, validationDue, schedule: this.schedule.state }
    await events.checkpoint({ ...tensors, progress }, reason)
  }
}

const isNonFinite = (error: unknown): boolean => error instanceof UnrollError && error.code === 'numeric.non-finite'
