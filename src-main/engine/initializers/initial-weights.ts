import type { ModelSpec, TaskSpec } from '@shared/experiment/schema'
import { elements, gatesOf, weightSpecs, type WeightSpec } from '@shared/model/weights'
import type { Random } from '../random'
import type { Weights } from '../training/types'
import { identity, orthogonal, uniform } from './matrices'

/** Standard deviation of W where U is the identity, as Le, Jaitly & Hinton have it. */
const identityInputDeviation = 0.001

type Fill = (spec: WeightSpec, random: Random) => Float32Array

/**
 * Fresh weights, every gate's block of a matrix drawn by itself.
 *   default     PyTorch's: `rnn.*` uniform in ±1/√H; the head, as `nn.Linear`, uniform in ±1/√fan-in (weight and bias)
 *   xavier      uniform in ±√(6 / (fan-in + fan-out)), biases 0 (Glorot & Bengio 2010)
 *   orthogonal  U orthogonal, the others as xavier, biases 0 (Saxe, McClelland & Ganguli 2014)
 *   identity    U = I, W from N(0, 0.001²), b = 0; the head as default (Le, Jaitly & Hinton 2015)
 * The embedding is N(0, 1) in all of them. `model.forgetBias` is added to the forget gate's `bias_ih`
 * (Gers et al. 2000; Jozefowicz, Zaremba & Sutskever 2015).
 * @param random drawn from in the order of `weightSpecs`; the same state gives the same weights
 * @see PyTorch, `nn.RNNBase.reset_parameters`, `nn.Linear.reset_parameters`, `nn.Embedding.reset_parameters`
 */
export function initialWeights(model: ModelSpec, inputSize: number, outputSize: number, random: Random, output: TaskSpec['output'] = 'every-step'): Weights {
  const specs = weightSpecs(model, inputSize, outputSize, output)
  const fill = fillOf(model, specs.find(({ name }) => name === 'head.weight')!.shape[1]!)
  return Object.fromEntries(specs.map((spec) => {
    const data = spec.name.endsWith('embedding.weight') ? Float32Array.from({ length: elements(spec.shape) }, () => random.normal()) : fill(spec, random)
    if (model.cell === 'lstm' && spec.name.includes('rnn.bias_ih')) {
      for (let unit = data.length / 4; unit < data.length / 2; unit++) data[unit]! += model.forgetBias
    }
    return [spec.name, { shape: spec.shape, data }]
  }))
}

function fillOf({ cell, init }: ModelSpec, headInputs: number): Fill {
  const gates = gatesOf[cell]
  const standard: Fill = ({ name, shape }, random) => uniform(elements(shape), 1 / Math.sqrt(name.startsWith('head.') ? headInputs : shape[0]! / gates), random)
  const zeros: Fill = ({ shape }) => new Float32Array(elements(shape))
  const xavier: Fill = ({ name, shape }, random) => {
    const [rows, columns] = shape as [number, number]
    return uniform(rows * columns, Math.sqrt(6 / (columns + (name.startsWith('head.') ? rows : rows / gates))), random)
  }
  const squares = (draw: (size: number, random: Random) => Float32Array): Fill => ({ shape }, random) => {
    const size = shape[1]!
    const blocks = new Float32Array(elements(shape))
    for (let gate = 0; gate < gates; gate++) blocks.set(draw(size, random), gate * size ** 2)
    return blocks
  }
  /** Which filling a weight takes: U, W, the head's, or a bias's. */
  const by = (recurrent: Fill, input: Fill, head: Fill, bias: Fill): Fill => (spec, random) => {
    const kind = spec.name === 'head.weight' ? head : spec.shape.length === 1 ? bias : spec.name.includes('weight_hh') ? recurrent : input
    return kind(spec, random)
  }
  if (init === 'xavier') return by(xavier, xavier, xavier, zeros)
  if (init === 'orthogonal') return by(squares(orthogonal), xavier, xavier, zeros)
  if (init === 'identity') {
    const small: Fill = ({ shape }, random) => Float32Array.from({ length: elements(shape) }, () => identityInputDeviation * random.normal())
    return by(squares(identity), small, standard, (spec, random) => (spec.name === 'head.bias' ? standard : zeros)(spec, random))
  }
  return standard
}
