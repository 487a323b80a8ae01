import type { Backend, Program } from '../backends/backend'
import { inputNames } from '../bptt/programs'
import { parameterVariables, stateVariables, writeAll, zero, type Variables } from '../bptt/variables'
import type { LookedInput, LookedNetwork } from './looked-network'
import { buildTensors, type TensorSpec } from './trace-tensors'

/** Steps that are computed together: a window on a screen never needs many of them. */
export const chunkSteps = 128

/** What the programs of a trace are told by it. */
interface Held {
  readonly steps: number
  readonly targetSteps: number
  spec(name: string): TensorSpec
  /** A state as it was kept, [steps, width]. */
  state(name: string): Float32Array
}

/** The programs that read one sequence chunk by chunk, each chunk from the state kept before it; compiled when first needed. */
export class ChunkPrograms {
  /** Steps of a chunk; all of them where the sequence has to be read at once. */
  readonly chunk: number
  private readonly programs = new Map<string, Promise<Program>>()
  private readonly parameters: Variables
  private readonly states: Variables

  /** @throws UnrollError `shape.mismatch` when the weights don't fit the model */
  constructor(private readonly backend: Backend, private readonly network: LookedNetwork, private input: LookedInput, private readonly held: Held) {
    const { model, inputSize, outputSize, output, weights } = network
    this.parameters = parameterVariables(backend, model, inputSize, outputSize, output)
    this.states = stateVariables(backend, model, 1)
    this.chunk = model.bidirectional || output === 'sequence' ? held.steps : chunkSteps
    writeAll(this.parameters, weights, 'The weights')
  }

  /** Other numbers of the same shapes: the programs stay. @throws UnrollError `shape.mismatch` */
  take({ weights }: LookedNetwork, input: LookedInput): void {
    writeAll(this.parameters, weights, 'The weights')
    this.input = input
  }

  /** The tensors named over one chunk, without the rows that only fill it up. */
  async run(chunk: number, names: readonly string[]): Promise<Record<string, Float32Array>> {
    const { network: { inputSize }, input } = this
    const width = input.kind === 'tokens' ? 1 : inputSize
    const from = chunk * this.chunk
    const length = Math.min(this.chunk, this.held.steps - from)
    const steps = this.chunk === chunkSteps ? Math.min(chunkSteps, 2 ** Math.ceil(Math.log2(length))) : length
    const x = input.kind === 'tokens' ? new Int32Array(steps) : new Float32Array(steps * width)
    x.set(input.x.subarray(from * width, (from + length) * width))
    this.startAt(from)
    const decoder = input.decoder && { [inputNames.decoder]: input.decoder, [inputNames.targetLengths]: Int32Array.of(this.held.targetSteps) }
    const found = await (await this.program(steps, names)).run({ [inputNames.x]: x, [inputNames.lengths]: Int32Array.of(length), ...decoder })
    return Object.fromEntries(names.map((name) => {
      const spec = this.held.spec(name)
      return [name, spec.stack === 'decoder.' ? found[name]! : found[name]!.subarray(0, length * spec.width)]
    }))
  }

  async dispose(): Promise<void> {
    for (const program of this.programs.values()) await program.then((ready) => { ready.dispose() }, () => undefined)
    this.programs.clear()
  }

  /** The state before a step is the one kept after the step before it. */
  private startAt(step: number): void {
    if (step === 0) {
      zero(this.states)
      return
    }
    for (const [name, variable] of this.states) {
      const width = variable.shape[1]!
      variable.write(this.held.state(name).slice((step - 1) * width, step * width))
    }
  }

  private program(steps: number, names: readonly string[]): Promise<Program> {
    const key = `${steps} ${names.join(' ')}`
    const known = this.programs.get(key)
    if (known) return known
    const { network: { model, inputSize, outputSize, output }, input } = this
    const compiled = this.backend.compile(buildTensors({
      shape: { model, input: input.kind, inputSize, outputSize, output: output === 'sequence' ? output : 'every-step', steps, targetSteps: this.held.targetSteps, batch: 1 },
      parameters: this.parameters, states: this.states, carry: false,
    }, names))
    this.programs.set(key, compiled)
    return compiled
  }
}
