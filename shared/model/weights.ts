import type { ModelSpec, TaskSpec } from '../experiment/schema'

/** Gates a cell stacks in its weight matrices: Elman 1, GRU r z n, LSTM i f g o. */
export const gatesOf = { rnn: 1, gru: 3, lstm: 4 } as const

export interface DirectionSpec {
  name: 'forward' | 'reverse'
  /** What PyTorch appends to the names of its weights. */
  suffix: '' | '_reverse'
}

export function directionsOf({ bidirectional }: Pick<ModelSpec, 'bidirectional'>): DirectionSpec[] {
  const forward: DirectionSpec = { name: 'forward', suffix: '' }
  return bidirectional ? [forward, { name: 'reverse', suffix: '_reverse' }] : [forward]
}

/** Width of h_t as the head and the inspector see it: hidden size times directions. */
export const hiddenWidth = (model: Pick<ModelSpec, 'hiddenSize' | 'bidirectional'>): number => model.hiddenSize * directionsOf(model).length

export interface WeightSpec {
  /** PyTorch's name: `rnn.weight_ih_l0`, `head.bias`, … */
  name: string
  shape: number[]
}

/** Layers of cells above each other, and what they read: a plain network has one stack, an encoder–decoder two. */
export interface StackSpec {
  /** What comes before `embedding.weight` and `rnn.*` in the names of its weights. */
  prefix: '' | 'encoder.' | 'decoder.'
  /** Width of x_t; for tokens the vocabulary. */
  inputSize: number
  embeddingSize: number | null
  hiddenSize: number
  layers: number
  bidirectional: boolean
}

/**
 * The stacks of a model. A decoder is as wide as its encoder's directions together, since it starts from their final states.
 * @param outputSize for a decoder also the vocabulary it reads
 */
export function stacksOf(model: ModelSpec, inputSize: number, outputSize: number, output: TaskSpec['output']): StackSpec[] {
  const { hiddenSize, layers, bidirectional, embeddingSize } = model
  const first = { inputSize, embeddingSize, hiddenSize, layers, bidirectional }
  if (output !== 'sequence') return [{ prefix: '', ...first }]
  return [{ prefix: 'encoder.', ...first }, { prefix: 'decoder.', inputSize: outputSize, embeddingSize, hiddenSize: hiddenWidth(model), layers, bidirectional: false }]
}

/**
 * Names and shapes of all weights of a model, in the order they are stored.
 *   U = weight_hh, W = weight_ih, b = bias_ih + bias_hh, V = head.weight, c = head.bias
 * @param inputSize  width of x_t; for one-hot tokens the vocabulary
 * @param outputSize width of y_t
 * @param output     `sequence`: encoder.* and decoder.*; with attention the head reads the context beside the state
 */
export function weightSpecs(model: ModelSpec, inputSize: number, outputSize: number, output: TaskSpec['output'] = 'every-step'): WeightSpec[] {
  const specs: WeightSpec[] = []
  for (const stack of stacksOf(model, inputSize, outputSize, output)) {
    const { prefix, embeddingSize, hiddenSize: hidden } = stack
    const rows = gatesOf[model.cell] * hidden
    if (embeddingSize !== null) specs.push({ name: `${prefix}embedding.weight`, shape: [stack.inputSize, embeddingSize] })
    for (let layer = 0; layer < stack.layers; layer++) {
      const width = layer === 0 ? embeddingSize ?? stack.inputSize : hiddenWidth(stack)
      for (const { suffix } of directionsOf(stack)) {
        specs.push(
          { name: `${prefix}rnn.weight_ih_l${layer}${suffix}`, shape: [rows, width] },
          { name: `${prefix}rnn.weight_hh_l${layer}${suffix}`, shape: [rows, hidden] },
          { name: `${prefix}rnn.bias_ih_l${layer}${suffix}`, shape: [rows] },
          { name: `${prefix}rnn.bias_hh_l${layer}${suffix}`, shape: [rows] },
        )
      }
    }
  }
  const read = hiddenWidth(model) * (output === 'sequence' && model.attention ? 2 : 1)
  specs.push({ name: 'head.weight', shape: [outputSize, read] }, { name: 'head.bias', shape: [outputSize] })
  return specs
}

export const elements = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1)

/** Number of trained parameters; does not depend on the sequence length, since every step shares them. */
export function parameterCount(model: ModelSpec, inputSize: number, outputSize: number, output: TaskSpec['output'] = 'every-step'): number {
  return weightSpecs(model, inputSize, outputSize, output).reduce((sum, spec) => sum + elements(spec.shape), 0)
}
