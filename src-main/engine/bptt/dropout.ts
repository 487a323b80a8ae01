import { UnrollError } from '@shared/errors'
import type { ModelSpec } from '@shared/experiment/schema'
import type { Ops, ProgramInputs, Sequence, Tensor } from '../backends/backend'
import type { LayerInput } from '../cells/cell'
import { identity } from '../initializers/matrices'
import { Random } from '../random'
import type { NetworkShape } from './network'

/** A mask [steps, batch, width] that a training program reads: each element 0 with `probability`, else 1 / (1 − probability). */
export interface MaskSpec {
  name: string
  width: number
  probability: number
}

/** Tokens without embedding enter as rows of the identity where single ones may be dropped; beyond this, too large a table. */
const largestIdentity = 4096
const identityName = 'dropout.oneHot'

const layerMask = (layer: number) => `dropout.l${layer}`
const inputMask = 'dropout.input'

/** The masks of a network, one for its input and one for what each layer but the last hands to the next. */
export function maskSpecs({ model, inputSize }: Pick<NetworkShape, 'model' | 'inputSize'>): MaskSpec[] {
  const width = model.hiddenSize * (model.bidirectional ? 2 : 1)
  const between = model.dropout > 0 ? Array.from({ length: model.layers - 1 }, (_, layer): MaskSpec => ({ name: layerMask(layer), width, probability: model.dropout })) : []
  return [...(model.inputDropout > 0 ? [{ name: inputMask, width: model.embeddingSize ?? inputSize, probability: model.inputDropout }] : []), ...between]
}

/** What a network applies while it is trained; without it (evaluation) nothing is dropped. */
export interface Dropout {
  /** @param values what would enter the first layer, where that is no one-hot token */
  input(given: LayerInput): { entering: LayerInput; mask: Sequence | null }
  /** The mask on what `layer` hands to the next; null: none. */
  between(layer: number): Sequence | null
}

export const noDropout: Dropout = { input: (given) => ({ entering: given, mask: null }), between: () => null }

/** Dropout by masks that the program reads anew at each run; see `drawMasks`. */
export function maskedDropout(ops: Ops, shape: NetworkShape): Dropout {
  const masks = new Map(maskSpecs(shape).map(({ name, width }) => [name, ops.sequenceInput(name, shape.steps, shape.batch, width)]))
  return {
    input(given) {
      const mask = masks.get(inputMask) ?? null
      if (!mask) return { entering: given, mask }
      const values = given.kind === 'values' ? given.values : ops.gather(given.tokens, identityTable(ops, given.vocabulary))
      return { entering: { kind: 'values', values: ops.multiply(values, mask) }, mask }
    },
    between: (layer) => masks.get(layerMask(layer)) ?? null,
  }
}

function identityTable(ops: Ops, vocabulary: number): Tensor {
  if (vocabulary <= largestIdentity) return ops.input(identityName, [vocabulary, vocabulary])
  throw new UnrollError('experiment.unsupported', `model.inputDropout on one-hot tokens needs a vocabulary of at most ${largestIdentity}, but this one has ${vocabulary}.`, {
    hint: 'Set model.embeddingSize: the embedding is then dropped from.', where: { parameter: 'model.inputDropout' },
  })
}

/**
 * Draws the masks of one step. A step's numbers come from a stream of its own, so a run that is resumed at any step draws
 * what it would have drawn, whatever happened in between.
 * @param stream `randomStreams.dropout` plus the step
 */
export function maskDrawer(shape: NetworkShape): (seed: number, stream: number) => ProgramInputs {
  const specs = maskSpecs(shape)
  const masks = specs.map(({ width }) => new Float32Array(shape.steps * shape.batch * width))
  const oneHot = specs.some(({ name }) => name === inputMask) && shape.input === 'tokens' && shape.model.embeddingSize === null
  const fixed: ProgramInputs = oneHot ? { [identityName]: identity(shape.inputSize) } : {}
  return (seed, stream) => {
    const random = new Random(seed, stream)
    for (const [index, { probability }] of specs.entries()) {
      const [limit, kept, mask] = [probability * 2 ** 32, 1 / (1 - probability), masks[index]!]
      for (let at = 0; at < mask.length; at++) mask[at] = random.next() < limit ? 0 : kept
    }
    return { ...fixed, ...Object.fromEntries(specs.map(({ name }, index) => [name, masks[index]!])) }
  }
}

/** Whether anything is dropped while training. */
export const drops = ({ dropout, inputDropout, layers }: ModelSpec): boolean => inputDropout > 0 || (dropout > 0 && layers > 1)
