import type { ModelSpec, TaskSpec } from '@shared/experiment/schema'
import { directionsOf, gatesOf, hiddenWidth, stacksOf, type StackSpec } from '@shared/model/weights'

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
 * @param output `sequence`: those of the encoder, then those of the decoder
 */
export function weightGroups(model: ModelSpec, inputSize: number, outputSize: number, output: TaskSpec['output'] = 'every-step'): WeightGroup[] {
  const stacks = stacksOf(model, inputSize, outputSize, output)
  const single = stacks.length === 1
  const plain = { gates: 1, copies: 1 }
  const read = hiddenWidth(model) * (output === 'sequence' && model.attention ? 2 : 1)
  return [
    ...stacks.flatMap((stack) => stackGroups(stack, gatesOf[model.cell], single ? null : stack.prefix === 'encoder.' ? 'Encoder' : 'Decoder')),
    {
      title: single && model.layers === 1 ? null : 'Output', rows: [
        { ...plain, symbol: 'V', meaning: read > hiddenWidth(model) ? 'state and context to output' : 'state to output', name: 'head.weight', rows: outputSize, columns: read },
        { ...plain, symbol: 'c', meaning: 'bias of the output', name: 'head.bias', rows: outputSize, columns: null },
      ],
    },
  ]
}

/** @param part what the stack is called where there are two */
function stackGroups(stack: StackSpec, gates: number, part: string | null): WeightGroup[] {
  const { prefix, inputSize, embeddingSize, hiddenSize: hidden, layers } = stack
  const directions = directionsOf(stack).length
  const layer = (first: number, count: number, width: number): WeightRow[] => {
    const of = (name: string) => `${prefix}rnn.${name}_l${count > 1 ? '{k}' : first}`
    const shared = { gates, rows: hidden, copies: directions * count }
    return [
      { ...shared, symbol: 'U', meaning: 'state to state', name: of('weight_hh'), columns: hidden },
      { ...shared, symbol: 'W', meaning: first === 0 ? 'input to state' : 'layer below to state', name: of('weight_ih'), columns: width },
      // PyTorch keeps two biases where the equation has one.
      { ...shared, symbol: 'b', meaning: 'bias of the state', name: `${of('bias_ih')} + ${of('bias_hh')}`, columns: null, copies: 2 * directions * count },
    ]
  }
  const titleOf = (words: string | null) => [part, words].filter((word) => word !== null).join(', ') || null
  const groups: WeightGroup[] = []
  const embedding: WeightRow[] = embeddingSize === null ? [] : [{ gates: 1, copies: 1, symbol: 'E', meaning: 'token to vector', name: `${prefix}embedding.weight`, rows: inputSize, columns: embeddingSize }]
  // Of two stacks each says whose its embedding is; of one it stands for itself.
  if (part === null && embedding.length > 0) groups.push({ title: null, rows: embedding })
  groups.push({ title: titleOf(layers > 1 ? part === null ? 'Layer 1' : 'layer 1' : null), rows: [...(part === null ? [] : embedding), ...layer(0, 1, embeddingSize ?? inputSize)] })
  if (layers > 1) groups.push({ title: titleOf(layers > 2 ? `${part === null ? 'Layers' : 'layers'} 2 to ${layers}, each` : part === null ? 'Layer 2' : 'layer 2'), rows: layer(1, layers - 1, hiddenWidth(stack)) })
  return groups
}
