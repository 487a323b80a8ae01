import type { ModelSpec, TaskSpec } from '@shared/experiment/schema'
import { directionsOf, gatesOf, stacksOf } from '@shared/model/weights'
import type { Ops, Sequence, Traced } from '../backends/backend'
import { forwardPass, type ProgramSpec, type StackPrefix } from '../bptt/programs'

/** What can be looked at in a network, over all steps of a sequence. */
export interface TensorSpec {
  /**
   * `h_l0`, `c_l0_reverse`, `i_l1`, … of a cell, with PyTorch's suffixes; `y` (logits where classes are predicted), `embedding`,
   * `attention`; those of encoder and decoder behind `encoder.` and `decoder.`.
   */
  name: string
  /** Its letter in the equations: h c, the gates i f g o / r z n q, Wx, Uh, y, embedding, attention. */
  of: string
  stack: StackPrefix
  /** Null where it belongs to no layer. */
  layer: number | null
  direction: 'forward' | 'reverse' | null
  width: number
}

/** Letters of a cell: LSTM i f g o, GRU r z n and q = U_n h_{t-1} + b_hn; all between −1 and 1 but c and q (and h of ReLU). */
const lettersOf = { rnn: ['h'], gru: ['h', 'r', 'z', 'n', 'q'], lstm: ['h', 'c', 'i', 'f', 'g', 'o'] } as const

/** What comes out of a cell's step beside its state. */
export const gateLetters: ReadonlySet<string> = new Set(['i', 'f', 'g', 'o', 'r', 'z', 'n', 'q'])

/** The letters that are a cell's state: what goes on to the next step. */
export const stateLetters = { rnn: ['h'], gru: ['h'], lstm: ['h', 'c'] } as const

/** Everything of a network, in the order of its equations: what enters, layer by layer what happens there, what comes out. */
export function tensorSpecs(model: ModelSpec, inputSize: number, outputSize: number, output: TaskSpec['output'], sourceSteps = 0): TensorSpec[] {
  const specs: TensorSpec[] = []
  const stacks = stacksOf(model, inputSize, outputSize, output)
  for (const { prefix, embeddingSize, layers, bidirectional, hiddenSize } of stacks) {
    if (embeddingSize !== null) specs.push({ name: `${prefix}embedding`, of: 'embedding', stack: prefix, layer: null, direction: null, width: embeddingSize })
    for (let layer = 0; layer < layers; layer++) {
      for (const { name: direction, suffix } of directionsOf({ bidirectional })) {
        const add = (of: string, width: number) => specs.push({ name: `${prefix}${of}_l${layer}${suffix}`, of, stack: prefix, layer, direction, width })
        for (const letter of lettersOf[model.cell]) add(letter, hiddenSize)
        for (const letter of ['Wx', 'Uh']) add(letter, gatesOf[model.cell] * hiddenSize)
      }
    }
  }
  const last = stacks.at(-1)!.prefix
  if (model.attention && output === 'sequence') specs.push({ name: 'attention', of: 'attention', stack: last, layer: null, direction: null, width: sourceSteps })
  specs.push({ name: 'y', of: 'y', stack: last, layer: null, direction: null, width: outputSize })
  return specs
}

/** Names of the last layer's h, forward and reverse: what the head (or the decoder) reads. */
export const topStates = (model: ModelSpec, prefix: StackPrefix = ''): string[] =>
  directionsOf(prefix === 'decoder.' ? { bidirectional: false } : model).map(({ suffix }) => `${prefix}h_l${model.layers - 1}${suffix}`)

/** A forward pass whose results are the tensors named, each [steps, batch, width]. */
export const buildTensors = (spec: Omit<ProgramSpec, 'loss'>, names: readonly string[]) => (ops: Ops): Traced => {
  const pass = forwardPass(ops, spec)
  const made = new Map<string, () => Sequence>([['y', () => pass.outputs]])
  if (pass.attention) made.set('attention', () => pass.attention!)
  for (const [prefix, { cells, embedded }] of pass.stacks) {
    if (embedded) made.set(`${prefix}embedding`, () => embedded)
    for (const { layer, direction, forward } of cells) {
      for (const [letter, make] of Object.entries(forward.inside)) made.set(`${prefix}${letter}_l${layer}${direction.suffix}`, make)
    }
  }
  return { results: Object.fromEntries(names.map((name) => [name, made.get(name)!()])) }
}

