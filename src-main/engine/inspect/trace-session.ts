import { UnrollError } from '@shared/errors'
import type { Backend } from '../backends/backend'
import { bucketed } from './buckets'
import { ChunkPrograms, chunkSteps } from './chunk-programs'
import { expectInput } from './expect-input'
import { KeptTensors } from './kept-tensors'
import type { LookedInput, LookedNetwork } from './looked-network'
import { lossOfStep } from './step-losses'
import { gateLetters, stateLetters, tensorSpecs, type TensorSpec } from './trace-tensors'
import type { Work } from './work'

/** Numbers of states one trace keeps. */
const mostStates = 2 ** 27
/** Numbers of y that are kept from the start. */
const mostOutputs = 2 ** 23
/** Numbers of states and gates up to which the gates, which come with the states, are kept from the start too. */
const mostWithGates = 2 ** 26
/** Steps of a sequence that has to be read at once. */
const mostAtOnce = 20_000

/**
 * Everything that goes on in a network over one sequence, from a zero state: any tensor, any stretch of steps. States of all
 * layers are computed and kept when it is opened. Whatever else is asked for is computed for the chunk of steps where it is
 * needed, from the state before it, so that nothing has to be held for steps nobody looks at.
 */
export class TraceSession {
  readonly tensors: readonly TensorSpec[]
  readonly steps: number
  /** Of the decoder; 0 without one. */
  readonly targetSteps: number
  /** The loss at each step that has a target, else NaN; null without targets. */
  readonly losses: Float32Array | null
  private readonly kept = new KeptTensors()
  private recent: { chunk: number; found: Record<string, Float32Array> } | null = null
  private readonly programs: ChunkPrograms
  private turn: Promise<unknown> = Promise.resolve()

  private constructor(backend: Backend, public network: LookedNetwork, public input: LookedInput) {
    const { model, inputSize, outputSize, output } = network
    const width = input.kind === 'tokens' ? 1 : inputSize
    this.steps = input.x.length / width
    this.targetSteps = input.decoder?.length ?? 0
    this.losses = input.targets ? new Float32Array(output === 'sequence' ? this.targetSteps : this.steps) : null
    this.tensors = tensorSpecs(model, inputSize, outputSize, output, this.steps)
    this.programs = new ChunkPrograms(backend, network, input, this)
  }

  /**
   * @throws UnrollError `input.invalid`, `shape.mismatch`, `inspect.too-long`, `inspect.cancelled`
   */
  static async open(backend: Backend, network: LookedNetwork, input: LookedInput, work: Work): Promise<TraceSession> {
    expectInput(network, input)
    const session = new TraceSession(backend, network, input)
    session.expectShort()
    try {
      await session.readStates(work)
      return session
    } catch (error) {
      await session.dispose()
      throw error
    }
  }

  /**
   * The same network and sequence with other numbers in their places, all shapes as they were: programs stay compiled, states and
   * losses are read anew. What was read before keeps its own numbers.
   * @throws UnrollError `shape.mismatch`, `input.invalid`, `inspect.cancelled`
   */
  reread(network: LookedNetwork, input: LookedInput, work: Work): Promise<void> {
    const mine = this.turn.then(async () => {
      expectInput(network, input)
      this.programs.take(network, input)
      ;[this.network, this.input, this.recent] = [network, input, null]
      this.kept.clear()
      this.losses?.fill(0)
      await this.readStates(work)
    })
    this.turn = mine.catch(() => undefined)
    return mine
  }

  /** Steps of a tensor's own timeline: the decoder's has as many as its target. */
  stepsOf({ stack }: Pick<TensorSpec, 'stack'>): number { return stack === 'decoder.' ? this.targetSteps : this.steps }

  spec(name: string): TensorSpec {
    const spec = this.tensors.find((each) => each.name === name)
    if (spec) return spec
    throw new UnrollError('inspect.no-tensor', `This network has no "${name}" to look at.`, { hint: `It has ${this.tensors.map((each) => each.name).join(', ')}.` })
  }

  /**
   * Steps from..to-1 of a tensor, [to − from, width].
   * @throws UnrollError `inspect.no-tensor`, `inspect.cancelled`
   */
  async read(name: string, from: number, to: number, work: Work): Promise<Float32Array> {
    const spec = this.spec(name)
    const steps = this.stepsOf(spec)
    const { width } = spec
    const [first, last] = [Math.max(0, Math.min(from, steps)), Math.max(0, Math.min(to, steps))]
    // One at a time: programs and states are shared.
    const mine = this.turn.then(() => this.make(spec, first, last, work))
    this.turn = mine.catch(() => undefined)
    const { values, offset } = await mine
    return values.slice((first - offset) * width, (last - offset) * width)
  }

  /** Smallest and largest of every `bucket` steps of from..to-1, [buckets, width]. */
  async buckets(name: string, from: number, to: number, bucket: number, work: Work): Promise<{ least: Float32Array; most: Float32Array }> {
    const { width, ...spec } = this.spec(name)
    const [first, last] = [Math.min(from, this.stepsOf(spec)), Math.min(to, this.stepsOf(spec))]
    // What is kept needn't be copied first.
    const known = this.kept.get(name)
    return bucketed(known ? known.subarray(first * width, last * width) : await this.read(name, first, last, work), width, bucket)
  }

  /** All tensors at one step. */
  async moment(step: number, names: readonly string[], work: Work): Promise<Record<string, Float32Array>> {
    const found: Record<string, Float32Array> = {}
    for (const name of names) if (step < this.stepsOf(this.spec(name))) found[name] = await this.read(name, step, step + 1, work)
    return found
  }

  /** A state as it was kept, [steps, width]; not to be changed. */
  state(name: string): Float32Array {
    const found = this.kept.get(name)
    if (found) return found
    throw new UnrollError('inspect.no-tensor', `"${name}" is no state of this network.`)
  }

  isState(spec: TensorSpec): boolean { return (stateLetters[this.network.model.cell] as readonly string[]).includes(spec.of) }

  async dispose(): Promise<void> {
    await this.turn.catch(() => undefined)
    await this.programs.dispose()
  }

  private async make(spec: TensorSpec, from: number, to: number, work: Work): Promise<{ values: Float32Array; offset: number }> {
    const known = this.kept.get(spec.name)
    if (known) return { values: known, offset: 0 }
    const [steps, { width }] = [this.stepsOf(spec), spec]
    const whole = spec.stack !== '' || this.programs.chunk >= this.steps
    const [first, last] = whole ? [0, 0] : [Math.floor(from / this.programs.chunk), Math.max(0, Math.ceil(to / this.programs.chunk) - 1)]
    if (!whole && last - first < 2) {
      const parts: Float32Array[] = []
      for (let chunk = first; chunk <= last; chunk++) parts.push((await this.everything(chunk))[spec.name]!)
      const values = parts.length === 1 ? parts[0]! : joined(parts)
      return { values, offset: first * this.programs.chunk }
    }
    // A wide look: all of it where it can be kept, so that the next one is there at once.
    const keep = whole || this.kept.mayKeep(steps * width)
    const [begin, end] = keep ? [0, whole ? 0 : Math.ceil(this.steps / this.programs.chunk) - 1] : [first, last]
    const values = new Float32Array(keep ? steps * width : (Math.min(steps, (end + 1) * this.programs.chunk) - begin * this.programs.chunk) * width)
    for (let chunk = begin; chunk <= end; chunk++) {
      values.set((await this.programs.run(chunk, [spec.name]))[spec.name]!, (chunk - begin) * this.programs.chunk * width)
      await work.step(chunk - begin + 1, end - begin + 1)
    }
    if (keep) this.kept.keep(spec.name, values)
    return { values, offset: begin * this.programs.chunk }
  }

  /** Everything of one chunk; stepping through its moments asks for it again and again. */
  private async everything(chunk: number): Promise<Record<string, Float32Array>> {
    if (this.recent?.chunk !== chunk) this.recent = { chunk, found: await this.programs.run(chunk, this.tensors.filter((spec) => !this.isState(spec)).map(({ name }) => name)) }
    return this.recent.found
  }

  private async readStates(work: Work): Promise<void> {
    const cells = this.tensors.filter((spec) => this.isState(spec) || gateLetters.has(spec.of))
    const numbers = cells.reduce((sum, spec) => sum + this.stepsOf(spec) * spec.width, 0)
    const specs = numbers <= mostWithGates ? cells : cells.filter((spec) => this.isState(spec))
    for (const spec of specs) this.kept.begin(spec.name, this.stepsOf(spec) * spec.width)
    const outputs = this.spec('y')
    const keepsOutputs = this.stepsOf(outputs) * outputs.width <= mostOutputs
    if (keepsOutputs) this.kept.begin('y', this.stepsOf(outputs) * outputs.width)
    const names = [...specs.map(({ name }) => name), ...(keepsOutputs || this.losses ? ['y'] : [])]
    const chunks = Math.max(1, Math.ceil(this.steps / this.programs.chunk))
    for (let chunk = 0; chunk < chunks; chunk++) {
      const found = await this.programs.run(chunk, names)
      if (found['y']) this.takeOutputs(found['y'], chunk * this.programs.chunk, outputs.width)
      for (const { name, width } of specs) this.kept.get(name)!.set(found[name]!, chunk * this.programs.chunk * width)
      await work.step(chunk + 1, chunks)
    }
  }

  private takeOutputs(y: Float32Array, from: number, width: number): void {
    this.kept.get('y')?.set(y, from * width)
    const { losses, input: { targets } } = this
    if (!losses || !targets) return
    for (let at = 0; at * width < y.length; at++) losses[from + at] = lossOfStep(y, at * width, width, targets, from + at)
  }

  private expectShort(): void {
    const { steps, targetSteps } = this
    const numbers = this.tensors.reduce((sum, spec) => sum + (this.isState(spec) ? this.stepsOf(spec) * spec.width : 0), 0)
    if (numbers > mostStates) {
      const most = Math.floor(mostStates / (numbers / Math.max(1, steps)))
      throw new UnrollError('inspect.too-long', `The states of ${steps.toLocaleString('en')} steps are ${numbers.toLocaleString('en')} numbers; up to ${mostStates.toLocaleString('en')} are kept.`, { hint: `Choose at most ${most.toLocaleString('en')} steps.` })
    }
    if (this.programs.chunk === chunkSteps || Math.max(steps, targetSteps) <= mostAtOnce) return
    throw new UnrollError('inspect.too-long', `A network that reads its input in reverse, or answers it, is looked into over at most ${mostAtOnce.toLocaleString('en')} steps at once; these are ${steps.toLocaleString('en')}.`, { hint: 'Choose fewer steps.' })
  }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
