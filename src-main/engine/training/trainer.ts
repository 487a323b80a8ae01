import { UnrollError } from '@shared/errors'
import { elements } from '@shared/model/weights'
import type { Backend, Program, ProgramInputs, Variable } from '../backends/backend'
import { drops, maskDrawer } from '../bptt/dropout'
import { buildDiagnosis, buildTrainingStep, type ProgramSpec, type TrainingOptions } from '../bptt/programs'
import { parameterVariables, readAll, writeAll, zero, type Variables } from '../bptt/variables'
import type { EngineHost } from '../host'
import { optimizerOf } from '../optimizers'
import type { Optimizer } from '../optimizers/optimizer'
import { batchInputs, type Batch, type Batches } from './batches'
import { classWeightsOf, weightOf } from './class-weights'
import { findFault, type Fault } from './diagnosis'
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
    if (this.spec.carry) zero(this.spec.states)
  }

  /**
   * One step of training.
   * @param step 1 at the first
   * @returns null when given up because `cancelled()` answered true; nothing has changed then
   * @throws UnrollError `numeric.non-finite`; nothing has changed then, since the program guards its loss and norm
   */
  async step(step: number, learningRate: number, index: number, order: Int32Array | null, cancelled: () => boolean): Promise<StepOutcome | null> {
    const batch = this.batches.fill(index, order)
    const program = await this.programFor(batch)
    if (await this.ownTokens?.read(batch, step, cancelled) === false) return null
    const inputs = this.inputs(batch, step)
    const results = await unlessCancelled(() => program.run({ ...inputs, hyper: this.optimizer.hyper(step, learningRate) }, cancelled), cancelled)
    if (!results) return null
    const outcome = { loss: results['loss']![0]!, score: results['score']![0]!, gradNorm: results['gradNorm']![0]!, batch }
    if (!Number.isFinite(outcome.loss) || !Number.isFinite(outcome.gradNorm)) throw this.diverged(step, learningRate, outcome, await this.diagnose(inputs, batch))
    return outcome
  }

  /** Milliseconds of each of `steps` steps on the first batch; everything is put back afterwards. */
  async time(step: number, learningRate: number, steps: number, host: EngineHost): Promise<number[]> {
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
    return readAll(this.parameters)
  }

  async tensors(): Promise<Pick<Checkpoint, 'weights' | 'optimizer' | 'carried'>> {
    return { weights: await this.weights(), optimizer: await readAll(this.moments), carried: this.spec.carry ? await readAll(this.spec.states) : null }
  }

  async dispose(): Promise<void> {
    await this.programs.dispose()
    await this.ownTokens?.dispose()
  }

  private async programFor(batch: Batch): Promise<Program> {
    this.latest = await this.programs.for(batch)
    return this.latest
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
  private async diagnose(inputs: ProgramInputs, batch: Batch): Promise<Fault | null> {
    let program: Program | null = null
    try {
      const spec = shapedFor(this.spec, batch)
      program = await this.backend.compile(buildDiagnosis(spec, this.extras))
      return findFault(spec, batch, await program.run(inputs))
    } catch {
      return null
    } finally {
      program?.dispose()
    }
  }

  private diverged(step: number, learningRate: number, { loss, gradNorm }: StepOutcome, fault: Fault | null): UnrollError {
    const { clipNorm } = this.options.experiment.training
    const what = Number.isFinite(loss) ? `gradient norm became ${gradNorm}` : `loss became ${loss}`
    const clip = clipNorm === null ? 'clip the gradient (training.clipNorm 1)' : `clip harder than at ${clipNorm} (training.clipNorm)`
    return new UnrollError('numeric.non-finite', `At step ${step} the ${what}${fault ? `: ${fault.sentence}` : ''}; the weights are kept as they were before that step.`, {
      hint: `Lower the learning rate (now ${learningRate}; try ${Number((learningRate / 10).toPrecision(3))}) or ${clip}.`,
      where: { step, timeStep: fault?.timeStep, parameter: fault?.parameter },
    })
  }
}
