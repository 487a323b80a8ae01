import type { ModelSpec } from '@shared/experiment/schema'
import { elements, weightSpecs } from '@shared/model/weights'
import { Random } from '../random'
import type { Weights } from '../training/types'

/**
 * Fresh weights by PyTorch's defaults: `rnn.*` uniform in ±1/√H; the head, as `nn.Linear`, uniform in ±1/√fan-in
 * (weight and bias); the embedding N(0, 1).
 * @param random drawn from in the order of `weightSpecs`; the same state gives the same weights
 * @see PyTorch, `nn.RNNBase.reset_parameters`, `nn.Linear.reset_parameters`, `nn.Embedding.reset_parameters`
 */
export function initialWeights(model: ModelSpec, inputSize: number, outputSize: number, random: Random): Weights {
  const headInputs = model.hiddenSize * (model.bidirectional ? 2 : 1)
  const draw = (name: string): (() => number) => {
    if (name.startsWith('embedding.')) return () => random.normal()
    const bound = 1 / Math.sqrt(name.startsWith('head.') ? headInputs : model.hiddenSize)
    return () => (2 * random.uniform() - 1) * bound
  }
  return Object.fromEntries(weightSpecs(model, inputSize, outputSize).map(({ name, shape }) => {
    const next = draw(name)
    return [name, { shape, data: Float32Array.from({ length: elements(shape) }, next) }]
  }))
}
