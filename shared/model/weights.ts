import type { ModelSpec } from '../experiment/schema'

/** Gates a cell stacks in its weight matrices: Elman 1, GRU r z n, LSTM i f g o. */
export const gatesOf = { rnn: 1, gru: 3, lstm: 4 } as const

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
  const { hiddenSize: hidden, layers, bidirectional, embeddingSize } = model
  const rows = gatesOf[model.cell] * hidden
  const directions = bidirectional ? 2 : 1
  const specs: WeightSpec[] = []
  if (embeddingSize !== null) specs.push({ name: 'embedding.weight', shape: [inputSize, embeddingSize] })
  for (let layer = 0; layer < layers; layer++) {
    const width = layer === 0 ? embeddingSize ?? inputSize : hidden * directions
    for (const suffix of bidirectional ? ['', '_reverse'] : ['']) {
      specs.push(
        { name: `rnn.weight_ih_l${layer}${suffix}`, shape: [rows, width] },
        { name: `rnn.weight_hh_l${layer}${suffix}`, shape: [rows, hidden] },
        { name: `rnn.bias_ih_l${layer}${suffix}`, shape: [rows] },
        { name: `rnn.bias_hh_l${layer}${suffix}`, shape: [rows] },
      )
    }
  }
  specs.push({ name: 'head.weight', shape: [outputSize, hidden * directions] }, { name: 'head.bias', shape: [outputSize] })
  return specs
}

export const elements = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1)

/** Number of trained parameters; does not depend on the sequence length, since every step shares them. */
export function parameterCount(model: ModelSpec, inputSize: number, outputSize: number): number {
  return weightSpecs(model, inputSize, outputSize).reduce((sum, spec) => sum + elements(spec.shape), 0)
}
