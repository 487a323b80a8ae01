import type { ModelSpec } from '@shared/experiment/schema'
import { directionsOf, gatesOf, hiddenWidth } from '@shared/model/weights'

export interface WeightRow {
  symbol: 'E' | 'U' | 'W' | 'b' | 'V' | 'c'
  meaning: string
  /** PyTorch's name. */
  name: string
  /** Gates stacked on one another: the shape is [gates · rows, columns]. */
  gates: number
  rows: number
  /** null: a vector. */
  columns: number | null
  /** Matrices of this shape: one a layer and direction, biases twice. */
  copies: number
}

export interface WeightGroup {
  /** Null where there is but one layer. */
  title: string | null
  rows: WeightRow[]
}

/**
 * The weights of a model in groups: layers of the same shapes stand together, so that a deep stack is no longer than
 * two layers. The parameters of a row are copies · gates · rows · columns.
 */
export function weightGroups(model: ModelSpec, inputSize: number, outputSize: number): WeightGroup[] {
  const { hiddenSize: hidden, layers, embeddingSize } = model
  const gates = gatesOf[model.cell]
  const directions = directionsOf(model).length
  const layer = (first: number, count: number, width: number): WeightRow[] => {
    const of = (name: string) => `rnn.${name}_l${count > 1 ? '{k}' : first}`
    const shared = { gates, rows: hidden, copies: directions * count }
    return [
      { ...shared, symbol: 'U', meaning: 'state to state', name: of('weight_hh'), columns: hidden },
      { ...shared, symbol: 'W', meaning: first === 0 ? 'input to state' : 'layer below to state', name: of('weight_ih'), columns: width },
      // PyTorch keeps two biases where the equation has one.
      { ...shared, symbol: 'b', meaning: 'bias of the state', name: `${of('bias_ih')} + ${of('bias_hh')}`, columns: null, copies: 2 * directions * count },
    ]
  }
  const plain = { gates: 1, copies: 1 }
  const groups: WeightGroup[] = []
  if (embeddingSize !== null) groups.push({ title: null, rows: [{ ...plain, symbol: 'E', meaning: 'token to vector', name: 'embedding.weight', rows: inputSize, columns: embeddingSize }] })
  groups.push({ title: layers > 1 ? 'Layer 1' : null, rows: layer(0, 1, embeddingSize ?? inputSize) })
  if (layers > 1) groups.push({ title: layers > 2 ? `Layers 2 to ${layers}, each` : 'Layer 2', rows: layer(1, layers - 1, hiddenWidth(model)) })
  groups.push({
    title: layers > 1 ? 'Output' : null, rows: [
      { ...plain, symbol: 'V', meaning: 'state to output', name: 'head.weight', rows: outputSize, columns: hiddenWidth(model) },
      { ...plain, symbol: 'c', meaning: 'bias of the output', name: 'head.bias', rows: outputSize, columns: null },
    ],
  })
  return groups
}
