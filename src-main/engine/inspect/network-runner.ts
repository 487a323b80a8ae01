import { UnrollError } from '@shared/errors'
import type { ModelSpec } from '@shared/experiment/schema'
import { hiddenWidth } from '@shared/model/weights'
import type { Backend, Program, ProgramInputs } from '../backends/backend'
import { buildTrace } from '../bptt/programs'
import { parameterVariables, stateVariables, writeAll, zero, type Variables } from '../bptt/variables'
import type { Weights } from '../training/types'

export interface NetworkArguments {
  model: ModelSpec
  inputSize: number
  outputSize: number
  weights: Weights
}

/** Steps of one run of the chunk program: bounds the memory of a trace whatever its length. */
const chunkSteps = 128

export type NetworkInput = Int32Array | Float32Array

/**
 * A network of given weights that reads one sequence, chunk by chunk, its state flowing on; the state stays from call to
 * call. A single step and a chunk have a program each, compiled when first needed. With a reverse direction, which begins
 * at the sequence's end, each call reads a whole sequence at once, from a zero state.
 */
export class NetworkRunner {
  private readonly parameters: Variables
  private readonly states: Variables
  private readonly programs = new Map<string, Promise<Program>>()

  /** @throws UnrollError `shape.mismatch` when the weights don't fit the model */
  constructor(private readonly backend: Backend, private readonly network: NetworkArguments, private readonly input: 'tokens' | 'values') {
    const { model, inputSize, outputSize, weights } = network
    this.parameters = parameterVariables(backend, model, inputSize, outputSize)
    this.states = stateVariables(backend, model, 1)
    writeAll(this.parameters, weights, 'The weights')
  }

  /**
   * Reads all of `x` (token ids, or rows of `inputSize`) and goes on from the state it leaves.
   * @returns y_t of every step, [steps, outputSize], and h_t of the last layer, [steps, hidden · directions], when asked for
   * @throws UnrollError `input.invalid` for a token outside the vocabulary or rows that are not whole
   */
  async read(x: NetworkInput, options: { hidden: boolean; breathe?: () => Promise<void> } = { hidden: false }): Promise<{ outputs: Float32Array; hidden: Float32Array }> {
    const { inputSize, outputSize, model } = this.network
    const width = this.input === 'tokens' ? 1 : inputSize
    this.expectValid(x, width)
    const total = x.length / width
    const outputs = new Float32Array(total * outputSize)
    const units = hiddenWidth(model)
    const hidden = new Float32Array(options.hidden ? total * units : 0)
    const most = model.bidirectional ? Infinity : chunkSteps
    for (let from = 0; from < total; from += most) {
      const length = Math.min(most, total - from)
      // A chunk that is not full is filled up with zeros past its length, where the state doesn't move.
      const steps = length === 1 ? 1 : Math.min(most, 2 ** Math.ceil(Math.log2(length)))
      const chunk: NetworkInput = this.input === 'tokens' ? new Int32Array(steps) : new Float32Array(steps * width)
      chunk.set(x.subarray(from * width, (from + length) * width))
      const inputs: ProgramInputs = { x: chunk, lengths: Int32Array.of(length) }
      const found = await (await this.program(steps, options.hidden)).run(inputs)
      outputs.set(found['outputs']!.subarray(0, length * outputSize), from * outputSize)
      if (options.hidden) hidden.set(found['hidden']!.subarray(0, length * units), from * units)
      await options.breathe?.()
    }
    return { outputs, hidden }
  }

  /** The next read begins from a zero state. */
  reset(): void { zero(this.states) }

  async dispose(): Promise<void> {
    for (const program of this.programs.values()) (await program).dispose()
  }

  private program(steps: number, hidden: boolean): Promise<Program> {
    const key = `${steps} ${hidden}`
    const known = this.programs.get(key)
    if (known) return known
    const { model, inputSize, outputSize } = this.network
    const compiled = this.backend.compile(buildTrace({
      shape: { model, input: this.input, inputSize, outputSize, output: 'every-step', steps, batch: 1 },
      parameters: this.parameters, states: this.states, carry: !model.bidirectional,
    }, { hidden }))
    this.programs.set(key, compiled)
    return compiled
  }

  private expectValid(x: NetworkInput, width: number): void {
    if (x.length % width !== 0) {
      throw new UnrollError('input.invalid', `The input should be rows of ${width} numbers, but ${x.length} numbers are no whole number of rows.`)
    }
    if (this.input === 'values') return
    const { inputSize } = this.network
    const wrong = x.findIndex((id) => !(id >= 0 && id < inputSize))
    if (wrong >= 0) {
      throw new UnrollError('input.invalid', `Token ${wrong} should be 0 to ${inputSize - 1} but is ${x[wrong]}.`, { hint: 'Use only symbols that the network was trained on.' })
    }
  }
}

/** @throws UnrollError `experiment.mismatch` when a step can't be taken before those after it are known */
export function expectOneDirection({ bidirectional }: ModelSpec, what: string): void {
  if (!bidirectional) return
  throw new UnrollError('experiment.mismatch', `${what} goes step by step, but this network also reads its input in reverse, from steps that are not there yet.`, {
    hint: 'Train one with model.bidirectional false for that.', where: { parameter: 'model.bidirectional' },
  })
}

/** Runs `work` on a runner and frees it afterwards, whatever happens. */
export async function withNetwork<T>(backend: Backend, network: NetworkArguments, input: 'tokens' | 'values', work: (runner: NetworkRunner) => Promise<T>): Promise<T> {
  const runner = new NetworkRunner(backend, network, input)
  try {
    return await work(runner)
  } finally {
    await runner.dispose()
  }
}
