import type { ModelSpec } from '@shared/experiment/schema'
import { elements, gatesOf, hiddenWidth, weightSpecs, type WeightSpec } from '@shared/model/weights'
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
export function initialWeights(model: ModelSpec, inputSize: number, outputSize: number, random: Random): Weights {
  const fill = fillOf(model)
  return Object.fromEntries(weightSpecs(model, inputSize, outputSize).map((spec) => {
    const data = spec.name.startsWith('embedding.') ? Float32Array.from({ length: elements(spec.shape) }, () => random.normal()) : fill(spec, random)
    if (model.cell === 'lstm' && spec.name.startsWith('rnn.bias_ih')) {
      for (let unit = model.hiddenSize; unit < 2 * model.hiddenSize; unit++) data[unit]! += model.forgetBias
    }
    return [spec.name, { shape: spec.shape, data }]
  }))
}

function fillOf(model: ModelSpec): Fill {
  const { cell, hiddenSize, init } = model
  const standard: Fill = ({ name, shape }, random) =>
    uniform(elements(shape), 1 / Math.sqrt(name.startsWith('head.') ? hiddenWidth(model) : hiddenSize), random)
  const zeros: Fill = ({ shape }) => new Float32Array(elements(shape))
  const xavier: Fill = ({ name, shape }, random) => {
    const [rows, columns] = shape as [number, number]
    const fanOut = name.startsWith('rnn.') ? rows / gatesOf[cell] : rows
    return uniform(rows * columns, Math.sqrt(6 / (columns + fanOut)), random)
  }
  const squares = (draw: (random: Random) => Float32Array): Fill => (_spec, random) => {
    const blocks = new Float32Array(gatesOf[cell] * hiddenSize ** 2)
    for (let gate = 0; gate < gatesOf[cell]; gate++) blocks.set(draw(random), gate * hiddenSize ** 2)
    return blocks
  }
  /** Which filling a weight takes: U, W, the head's, or a bias's. */
  const by = (recurrent: Fill, input: Fill, head: Fill, bias: Fill): Fill => (spec, random) => {
    const kind = spec.name === 'head.weight' ? head : spec.shape.length === 1 ? bias : spec.name.includes('weight_hh') ? recurrent : input
    return kind(spec, random)
  }
  if (init === 'xavier') return by(xavier, xavier, xavier, zeros)
  if (init === 'orthogonal') return by(squares((random) => orthogonal(hiddenSize, random)), xavier, xavier, zeros)
  if (init === 'identity') {
    const small: Fill = ({ shape }, random) => Float32Array.from({ length: elements(shape) }, () => identityInputDeviation * random.normal())
    return by(squares(() => identity(hiddenSize)), small, standard, (spec, random) => (spec.name === 'head.bias' ? standard : zeros)(spec, random))
  }
  return standard
}
