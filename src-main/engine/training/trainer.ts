import type { UnrollError } from '@shared/errors'
import { elements } from '@shared/model/weights'
import type { Backend, BegunRun, Program, ProgramInputs, Variable } from '../backends/backend'
import { drops, maskDrawer } from '../bptt/dropout'
import { buildDiagnosis, buildTrainingStep, type ProgramSpec, type TrainingOptions } from '../bptt/programs'
import { parameterVariables, readAll, writeAll, zero, type Variables } from '../bptt/variables'
import type { EngineHost } from '../host'
import { optimizerOf } from '../optimizers'
import type { Optimizer } from '../optimizers/optimizer'
import { batchInputs, type Batch, type Batches } from './batches'
import { classWeightsOf, weightOf } from './class-weights'
import { findFault, nonFinite, notFinite, type Fault } from './diagnosis'
import { randomStreams } from './epochs'
import { unlessCancelled } from './evaluation'
import { ownTokensOf, type OwnTokens } from './own-tokens'
import { programSpec, startWeights } from './setup'
import { shapedFor, ShapedPrograms } from './shaped-programs'
import type { Checkpoint, SessionOptions, Weights } from './types'

export interface StepOutcome {
  loss: number
  score: number
  gradNorm: number
  batch: Batch
}

/** One step of training: the batch, and what the optimizer takes of the schedule. */
export interface StepToDo {
  /** 1 at the first. */
  step: number
  learningRate: number
  /** Which batch of the epoch, in which order. */
  index: number
  order: Int32Array | null
}

/** A step whose run is begun, where the backend begins runs; else it runs when its results are asked for. */
interface BegunStep { toDo: StepToDo; batch: Batch; run: BegunRun; early: boolean }

/** The variables of one run and the programs that move them a step on. */
export class Trainer {
  readonly parameters: Variables
  private readonly moments: Variables
  private readonly optimizer: Optimizer
  private readonly spec: ProgramSpec
  private readonly extras: TrainingOptions
  private readonly classWeights: Float32Array | null
  private readonly masks: ReturnType<typeof maskDrawer> | null
  private readonly ownTokens: OwnTokens | null
  private readonly programs: ShapedPrograms
  private latest: Program | null = null
  /** The step after the last one answered, where it was begun before that was over. */
  private ahead: BegunStep | null = null

  constructor(private readonly backend: Backend, private readonly options: SessionOptions, readonly batches: Batches) {
    const { experiment, checkpoint } = options
    const { source, layout } = batches
    this.optimizer = optimizerOf(experiment.training.optimizer)
    this.parameters = parameterVariables(backend, experiment.model, source.inputSize, source.outputSize, experiment.task.output)
    this.moments = new Map([...this.parameters].flatMap(([name, { shape }]) =>
      this.optimizer.slots.map((slot): [string, Variable] => [`${name}.${slot}`, backend.variable(`${name}.${slot}`, shape)])))
    this.spec = programSpec(backend, experiment, batches, this.parameters, layout.continuous && experiment.training.carryState)
    this.classWeights = classWeightsOf(experiment.task, source)
    this.masks = drops(experiment.model) ? maskDrawer(this.spec.shape) : null
    this.extras = { dropout: this.masks !== null, smoothing: experiment.task.labelSmoothing ?? 0, weighted: this.classWeights !== null }
    const { clipNorm, clipValue } = experiment.training
    const { optimizer, moments, extras } = this
    this.programs = new ShapedPrograms(backend, this.spec, (spec) => buildTrainingStep({ ...spec, ...extras, optimizer, moments, clipNorm, clipValue }))
    this.ownTokens = ownTokensOf(backend, options, batches, this.parameters)
    writeAll(this.parameters, startWeights(options, source), checkpoint ? 'The checkpoint' : 'The initial weights')
    if (checkpoint) writeAll(this.moments, checkpoint.optimizer, 'The checkpoint’s optimizer state')
    if (checkpoint?.carried && this.spec.carry) writeAll(this.spec.states, checkpoint.carried, 'The checkpoint’s carried state')
  }

  /** What runs the step, e.g. "wasm-simd"; null before the first step. */
  get executor(): string | null {
    return this.latest?.executor ?? null
  }

  get parameterCount(): number {
    return [...this.parameters.values()].reduce((sum, { shape }) => sum + elements(shape), 0)
  }

  /** The state no longer flows on: an epoch begins. */
  resetState(): void {
    this.settle()
    if (this.spec.carry) zero(this.spec.states)
  }

  /**
   * One step of training.
   * @param next the step after it, where nothing comes between: it is begun before this one is over, if the backend can
   * @returns null when given up because `cancelled()` answered true; nothing has changed then
   * @throws UnrollError `numeric.non-finite`; this step has changed nothing then, since the program guards its loss and norm
   */
  async step(toDo: StepToDo, cancelled: () => boolean, next: StepToDo | null = null): Promise<StepOutcome | null> {
    const begun = await this.begin(toDo, cancelled)
    if (!begun) return null
    const answer = unlessCancelled(() => begun.run.results(cancelled), cancelled)
    // Tokens that a decoder reads of its own are decided by the weights, which aren't known yet.
    if (next && begun.early && !this.ownTokens) this.ahead = await this.begin(next, cancelled)
    const results = await answer
    if (!results) {
      this.settle()
      begun.run.drop()
      return null
    }
    const outcome = { loss: results['loss']![0]!, score: results['score']![0]!, gradNorm: results['gradNorm']![0]!, batch: begun.batch }
    if (!Number.isFinite(outcome.loss) || !Number.isFinite(outcome.gradNorm)) throw await this.diverged(toDo, outcome)
    return outcome
  }

  /** Gives up a step begun ahead of its turn: the variables are those after the last step answered. */
  settle(): void {
    this.ahead?.run.drop()
    this.ahead = null
  }

  /** Milliseconds of each of `steps` steps on the first batch; everything is put back afterwards. */
  async time(step: number, learningRate: number, steps: number, host: EngineHost): Promise<number[]> {
    this.settle()
    const batch = this.batches.fill(0, null)
    const program = await this.programFor(batch)
    const everything: Variables = new Map([...this.parameters, ...this.moments, ...this.spec.states])
    const before = await readAll(everything)
    const inputs = () => ({ ...this.inputs(batch, step), hyper: this.optimizer.hyper(step, learningRate) })
    const times: number[] = []
    try {
      await program.run(inputs())
      for (let count = 0; count < steps; count++) {
        const start = host.now()
        await program.run(inputs())
        times.push(host.now() - start)
        await host.yieldToHost()
      }
    } finally {
      writeAll(everything, before, 'The values from before timing')
    }
    return times
  }

  weights(): Promise<Weights> {
    this.settle()
    return readAll(this.parameters)
  }

  async tensors(): Promise<Pick<Checkpoint, 'weights' | 'optimizer' | 'carried'>> {
    return { weights: await this.weights(), optimizer: await readAll(this.moments), carried: this.spec.carry ? await readAll(this.spec.states) : null }
  }

  async dispose(): Promise<void> {
    this.settle()
    await this.programs.dispose()
    await this.ownTokens?.dispose()
  }

  private async programFor(batch: Batch): Promise<Program> {
    this.latest = await this.programs.for(batch)
    return this.latest
  }

  /** The step's run; null when given up. */
  private async begin(toDo: StepToDo, cancelled: () => boolean): Promise<BegunStep | null> {
    const begun = this.ahead
    this.ahead = null
    if (begun?.toDo.step === toDo.step) return begun
    const { step, learningRate, index, order } = toDo
    const batch = this.batches.fill(index, order)
    const program = await this.programFor(batch)
    if (await this.ownTokens?.read(batch, step, cancelled) === false) return null
    const inputs = { ...this.inputs(batch, step), hyper: this.optimizer.hyper(step, learningRate) }
    const early = program.begin?.(inputs)
    return { toDo, batch, run: early ?? { results: (given) => program.run(inputs, given), drop: () => {} }, early: early !== undefined }
  }

  /** All a training program reads but its optimizer's figures. */
  private inputs(batch: Batch, step: number): ProgramInputs {
    const { classWeights, masks } = this
    const over = classWeights ? weightOf(batch, classWeights) : batch.components
    return {
      // A batch of classes that weigh nothing has no mean: its loss and gradient are zero.
      ...batchInputs(batch), scale: Float32Array.of(over > 0 ? 1 / over : 0),
      ...(classWeights && { classWeights }), ...masks?.(this.options.experiment.training.seed, randomStreams.dropout + step, batch),
    }
  }

  /** Runs the step that failed once more, to see where. Null where that can't be told, for lack of memory for instance. */
  private async diagnose({ step, index, order }: StepToDo): Promise<Fault | null> {
    let program: Program | null = null
    this.settle()
    try {
      // The arrays may hold the batch after it by now.
      const batch = this.batches.fill(index, order)
      await this.ownTokens?.read(batch, step, () => false)
      const inputs = this.inputs(batch, step)
      const spec = shapedFor(this.spec, batch)
      program = await this.backend.compile(buildDiagnosis(spec, this.extras))
      return findFault(spec, batch, await program.run(inputs))
    } catch {
      return null
    } finally {
      program?.dispose()
    }
  }

  private async diverged(toDo: StepToDo, { loss, gradNorm }: StepOutcome): Promise<UnrollError> {
    const { step, learningRate } = toDo
    const what = `At step ${step} the ${Number.isFinite(loss) ? `gradient norm became ${gradNorm}` : `loss became ${loss}`}`
    const broken = notFinite(await this.weights())
    // Loss and norm were numbers in the step before, but its update overflowed.
    if (broken) return nonFinite(`${what}: ${broken.name} was already ${broken.value} ${step === 1 ? 'when training began' : `after the update of step ${step - 1}`}`, { step, parameter: broken.name }, learningRate, this.options.experiment)
    const fault = await this.diagnose(toDo)
    return nonFinite(`${what}${fault ? `: ${fault.sentence}` : ''}; the weights are kept as they were before that step`, { step, timeStep: fault?.timeStep, parameter: fault?.parameter }, learningRate, this.options.experiment)
  }
}
