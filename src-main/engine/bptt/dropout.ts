import { UnrollError } from '@shared/errors'
import type { ModelSpec } from '@shared/experiment/schema'
import { hiddenWidth, stacksOf, type StackSpec } from '@shared/model/weights'
import type { Ops, ProgramInputs, Sequence, Tensor } from '../backends/backend'
import type { LayerInput } from '../cells/cell'
import { identity } from '../initializers/matrices'
import { Random } from '../random'
import type { NetworkShape } from './network'

/** A mask [steps, batch, width] that a training program reads: each element 0 with `probability`, else 1 / (1 − probability). */
interface MaskSpec {
  name: string
  steps: number
  width: number
  probability: number
}

/** Tokens without embedding enter as rows of the identity where single ones may be dropped; beyond this, too large a table. */
const largestIdentity = 4096

const layerMask = ({ prefix }: StackSpec, layer: number) => `${prefix}dropout.l${layer}`
const inputMask = ({ prefix }: StackSpec) => `${prefix}dropout.input`
const identityName = ({ prefix }: StackSpec) => `${prefix}dropout.oneHot`

const stacksWithSteps = ({ model, inputSize, outputSize, output, steps, targetSteps = 0 }: NetworkShape) =>
  stacksOf(model, inputSize, outputSize, output).map((spec) => ({ spec, steps: spec.prefix === 'decoder.' ? targetSteps : steps }))

/** The masks of a network: of each stack one for its input and one for what each layer but the last hands to the next. */
function maskSpecs(shape: NetworkShape): MaskSpec[] {
  const { dropout, inputDropout } = shape.model
  return stacksWithSteps(shape).flatMap(({ spec, steps }) => {
    const between = dropout > 0 ? Array.from({ length: spec.layers - 1 }, (_, layer): MaskSpec => ({ name: layerMask(spec, layer), steps, width: hiddenWidth(spec), probability: dropout })) : []
    return [...(inputDropout > 0 ? [{ name: inputMask(spec), steps, width: spec.embeddingSize ?? spec.inputSize, probability: inputDropout }] : []), ...between]
  })
}

/** What a stack applies while it is trained; without it (evaluation) nothing is dropped. */
export interface Dropout {
  /** What enters the first layer, masked. */
  input(given: LayerInput): { entering: LayerInput; mask: Sequence | null }
  /** The mask on what `layer` hands to the next; null: none. */
  between(layer: number): Sequence | null
}

export const noDropout: Dropout = { input: (given) => ({ entering: given, mask: null }), between: () => null }

/** Dropout of each stack, by masks that the program reads anew at each run; see `maskDrawer`. */
export function maskedDropout(ops: Ops, shape: NetworkShape): Dropout[] {
  const masks = new Map(maskSpecs(shape).map(({ name, steps, width }) => [name, ops.sequenceInput(name, steps, shape.batch, width)]))
  return stacksWithSteps(shape).map(({ spec }): Dropout => ({
    input(given) {
      const mask = masks.get(inputMask(spec)) ?? null
      if (!mask) return { entering: given, mask }
      const values = given.kind === 'values' ? given.values : ops.gather(given.tokens, identityTable(ops, spec))
      return { entering: { kind: 'values', values: ops.multiply(values, mask) }, mask }
    },
    between: (layer) => masks.get(layerMask(spec, layer)) ?? null,
  }))
}

function identityTable(ops: Ops, spec: StackSpec): Tensor {
  const { inputSize: vocabulary } = spec
  if (vocabulary <= largestIdentity) return ops.input(identityName(spec), [vocabulary, vocabulary])
  throw new UnrollError('experiment.unsupported', `model.inputDropout on one-hot tokens needs a vocabulary of at most ${largestIdentity}, but this one has ${vocabulary}.`, {
    hint: 'Set model.embeddingSize: the embedding is then dropped from.', where: { parameter: 'model.inputDropout' },
  })
}

/**
 * Draws the masks of one step. A step's numbers come from a stream of its own, so a run that is resumed at any step draws
 * what it would have drawn, whatever happened in between.
 * @param shape of the longest batch
 * @returns the masks of a batch of so many steps; the arrays are filled anew at the next call
 */
export function maskDrawer(shape: NetworkShape): (seed: number, stream: number, batch: Pick<NetworkShape, 'steps' | 'targetSteps'>) => ProgramInputs {
  const longest = maskSpecs(shape).map(({ steps, width }) => new Float32Array(steps * shape.batch * width))
  const oneHot = shape.model.inputDropout > 0 && shape.input === 'tokens' && shape.model.embeddingSize === null
  const fixed: ProgramInputs = oneHot ? Object.fromEntries(stacksWithSteps(shape).map(({ spec }) => [identityName(spec), identity(Math.min(spec.inputSize, largestIdentity))])) : {}
  return (seed, stream, { steps, targetSteps }) => {
    const specs = maskSpecs({ ...shape, steps, targetSteps })
    const masks = specs.map((spec, index) => longest[index]!.subarray(0, spec.steps * shape.batch * spec.width))
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
