import type { ModelSpec } from '@shared/experiment/schema'
import { elements, weightSpecs } from '@shared/model/weights'
import type { LookedNetwork } from '@main/engine/inspect/looked-network'
import { modelOf } from '../bptt/gradient-check'
import { numbers } from '../primitives/case'

/** A network of any weights, the same for the same seed. */
export function networkOf(change: Partial<ModelSpec>, { inputSize = 5, outputSize = 4, output = 'every-step' as LookedNetwork['output'], seed = 1, scale = 0.6 } = {}): LookedNetwork {
  const model = modelOf(change)
  let next = seed * 100
  return {
    model, inputSize, outputSize, output,
    weights: Object.fromEntries(weightSpecs(model, inputSize, outputSize, output).map(({ name, shape }) => [name, { shape, data: numbers(next++, elements(shape), scale) }])),
  }
}
