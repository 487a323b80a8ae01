import type { ModelSpec } from '../experiment/schema'

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

/**
 * Names and shapes of all weights of a model, in the order they are stored.
 *   U = weight_hh, W = weight_ih, b = bias_ih + bias_hh, V = head.weight, c = head.bias
 * @param inputSize  width of x_t; for one-hot tokens the vocabulary
 * @param outputSize width of y_t
 */
export function weightSpecs(model: ModelSpec, inputSize: number, outputSize: number): WeightSpec[] {
  const { hiddenSize: hidden, layers, embeddingSize } = model
  const rows = gatesOf[model.cell] * hidden
  const specs: WeightSpec[] = []
  if (embeddingSize !== null) specs.push({ name: 'embedding.weight', shape: [inputSize, embeddingSize] })
  for (let layer = 0; layer < layers; layer++) {
    const width = layer === 0 ? embeddingSize ?? inputSize : hiddenWidth(model)
    for (const { suffix } of directionsOf(model)) {
      specs.push(
        { name: `rnn.weight_ih_l${layer}${suffix}`, shape: [rows, width] },
        { name: `rnn.weight_hh_l${layer}${suffix}`, shape: [rows, hidden] },
        { name: `rnn.bias_ih_l${layer}${suffix}`, shape: [rows] },
        { name: `rnn.bias_hh_l${layer}${suffix}`, shape: [rows] },
      )
    }
  }
  specs.push({ name: 'head.weight', shape: [outputSize, hiddenWidth(model)] }, { name: 'head.bias', shape: [outputSize] })
  return specs
}

export const elements = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1)

/** Number of trained parameters; does not depend on the sequence length, since every step shares them. */
export function parameterCount(model: ModelSpec, inputSize: number, outputSize: number): number {
  return weightSpecs(model, inputSize, outputSize).reduce((sum, spec) => sum + elements(spec.shape), 0)
}
