import type { ModelSpec } from '@shared/experiment/schema'
import { hiddenWidth } from '@shared/model/weights'
import type { Backend, Ops, Program, Tensor, Traced } from '../backends/backend'
import type { NetworkShape } from '../bptt/network'
import { decode, decoderStart, encode } from '../bptt/sequence-to-sequence'
import { statesByLayer, stateVariables, variableOf, type Variables } from '../bptt/variables'
import { cellOf } from '../cells'

/** Where the decoder stands in each row: its states by name, and what it attends to. */
export interface DecoderState {
  /** Each [batch, width]. */
  states: Record<string, Float32Array>
  /** The encoder's last layer, [steps, batch, width]; null without attention. */
  keys: Float32Array | null
  /** Valid steps of each source. */
  lengths: Int32Array
}

export interface DecoderStep {
  /** [batch, outputSize] */
  logits: Float32Array
  /** [batch, source steps]; null without attention. */
  attention: Float32Array | null
  state: DecoderState
}

/**
 * Encoder and decoder step by step, for tokens that aren't known beforehand. The states pass through the host between two
 * steps, where whoever decodes may keep, copy or reorder rows.
 */
export class SequenceDecoder {
  private encoder: Promise<Program> | null = null
  private stepper: Promise<Program> | null = null
  private readonly shape: NetworkShape
  private readonly initial: Variables
  private readonly active: Int32Array

  /** @param steps of the longest source   @param batch rows of a step */
  constructor(private readonly backend: Backend, private readonly model: ModelSpec, sizes: { inputSize: number; outputSize: number }, private readonly parameters: Variables, steps: number, readonly batch: number) {
    this.shape = { model, input: 'tokens', ...sizes, output: 'sequence', steps, targetSteps: 1, batch }
    this.initial = stateVariables(backend, model, batch)
    this.active = new Int32Array(batch).fill(1)
  }

  /** Reads the sources, [steps, batch]. */
  async begin(x: Int32Array, lengths: Int32Array): Promise<DecoderState> {
    const { keys = null, ...states } = await (await (this.encoder ??= this.backend.compile((ops) => this.buildEncoder(ops)))).run({ x, lengths })
    return { states, keys, lengths: lengths.slice() }
  }

  /** One token more in every row. */
  async step(tokens: Int32Array, { states, keys, lengths }: DecoderState): Promise<DecoderStep> {
    const program = await (this.stepper ??= this.backend.compile((ops) => this.buildStep(ops)))
    const { logits, attention = null, ...next } = await program.run({ tokens, active: this.active, ...states, ...(keys && { keys, lengths }) })
    return { logits: logits!, attention, state: { states: next, keys, lengths } }
  }

  async dispose(): Promise<void> {
    for (const compiled of [this.encoder, this.stepper]) await compiled?.then((program) => { program.dispose() }, () => undefined)
  }

  private weights(ops: Ops): (name: string) => Tensor {
    const handles = new Map([...this.parameters].map(([name, variable]) => [name, ops.variable(variable)]))
    return (name) => handles.get(name) ?? ops.variable(variableOf(this.parameters, name))
  }

  private buildEncoder(ops: Ops): Traced {
    const { shape, model, initial } = this
    const { steps, batch } = shape
    const zeros = statesByLayer(model, initial).map((layer) => layer.map((state) => ops.variable(state)))
    const encoder = encode({ ops, shape, weights: this.weights(ops), initial: zeros, source: ops.tokensInput('x', steps, batch), lengths: ops.lengthsInput('lengths', batch) })
    return { results: { ...named(model, decoderStart(ops, shape, encoder.final)), ...(model.attention && { keys: encoder.layers.at(-1)! }) } }
  }

  private buildStep(ops: Ops): Traced {
    const { shape, model } = this
    const { steps, batch } = shape
    const width = hiddenWidth(model)
    const start = Array.from({ length: model.layers }, (_, layer) => cellOf(model).states.map((state) => ops.input(`${state}_l${layer}`, [batch, width])))
    const active = ops.lengthsInput('active', batch)
    const decoded = decode({
      ops, shape, weights: this.weights(ops), start, decoder: ops.tokensInput('tokens', 1, batch), targetLengths: active, steps: 1,
      keys: model.attention ? ops.sequenceInput('keys', steps, batch, width) : null, lengths: model.attention ? ops.lengthsInput('lengths', batch) : active,
    })
    return { results: { logits: decoded.outputs, ...named(model, decoded.stack.final), ...(decoded.attended && { attention: decoded.attended.weights }) } }
  }
}

/** `h_l0`, `c_l0`, `h_l1`, … */
const named = (model: ModelSpec, states: readonly (readonly Tensor[])[]): Record<string, Tensor> => Object.fromEntries(
  states.flatMap((layer, index) => layer.map((state, at) => [`${cellOf(model).states[at]!}_l${index}`, state])))
