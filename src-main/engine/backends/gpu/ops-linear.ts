import type { Ops } from '../backend'
import { add } from './kernels/add'
import { affine } from './kernels/affine'
import { affineBackwardInput } from './kernels/affine-backward-input'
import { affineTokens } from './kernels/affine-tokens'
import { biasSum } from './kernels/bias-sum'
import { outerSum } from './kernels/outer-sum'
import { outerSumTokens } from './kernels/outer-sum-tokens'
import { packedSequence, wholeTensor } from './made'
import type { Buffer, Plan } from './plan'
import { alone, expectShape, gpuSequence, gpuTensor, GpuTokens, gpuTokens, type TokensInput } from './tensors'

/** Rows of the batch ordered by token, and where each token's rows start; made by the host at each run. */
export type TokenOrder = (input: TokensInput, elements: number, vocabulary: number) => { order: Buffer; starts: Buffer }

/** Threads that a large GPU needs to be busy, and rows that one thread should have to add up at least. */
const [busy, fewest] = [65_536, 32]

/** Into how many parts a sum over rows is split where there are few sums, so that there are threads enough; and rows of a part. */
function partsOfRows(rows: number, sums: number): { parts: number; rounds: number } {
  const parts = Math.max(1, Math.min(Math.floor(rows / fewest), Math.floor(busy / sums)))
  return { parts, rounds: Math.ceil(rows / parts) }
}

export function linearOps(plan: Plan, tokenOrder: TokenOrder): Pick<Ops, 'affine' | 'affineTokens' | 'affineBackwardInput' | 'outerSum' | 'outerSumTokens' | 'biasSum'> {
  const weightOf = (weight: Parameters<Ops['affine']>[1], shape: readonly number[]): Buffer => {
    const found = gpuTensor(weight, 'the weight', shape)
    return alone(plan, found.view, shape[0]! * shape[1]!)
  }
  const biasOf = (biases: Parameters<Ops['affine']>[2], outputs: number): Buffer => {
    const all = biases.map((bias) => alone(plan, gpuTensor(bias, 'a bias', [outputs]).view, outputs))
    return all.length === 0 ? plan.zeros(outputs) : all.reduce((sum, bias) => plan.call(add, outputs, [sum, 0, bias, 0]))
  }

  /** The sum of `parts` stretches of so many numbers. */
  const together = (sums: Buffer, parts: number, width: number): Buffer =>
    parts === 1 ? sums : plan.call(biasSum, width, [sums, 0], { integers: { rows: parts, outputs: width, parts: 1, rounds: parts } })

  return {
    affine(x, weight, biases) {
      const { view, steps, batch, width: inputs } = gpuSequence(x, 'x')
      const outputs = weight.shape[0]!
      const args = [view.buffer, view.offset, plan.transposed(weightOf(weight, [outputs, inputs]), outputs, inputs), biasOf(biases, outputs)]
      return packedSequence(plan.call(affine, steps * batch * outputs, args, { integers: { inputs, outputs } }), steps, batch, outputs)
    },

    affineTokens(tokens, weight, biases) {
      const [outputs, vocabulary] = weight.shape as [number, number]
      const { steps, batch } = tokens
      const ids = gpuTokens(tokens, 'the tokens', steps, batch)
      ids.input.below = Math.min(ids.input.below, vocabulary)
      const args = [ids.buffer, weightOf(weight, [outputs, vocabulary]), biasOf(biases, outputs)]
      return packedSequence(plan.call(affineTokens, steps * batch * outputs, args, { integers: { vocabulary, outputs } }), steps, batch, outputs)
    },

    affineBackwardInput(delta, weight) {
      const { view, steps, batch, width: outputs } = gpuSequence(delta, 'delta')
      const inputs = weight.shape[1]!
      const args = [view.buffer, view.offset, weightOf(weight, [outputs, inputs])]
      return packedSequence(plan.call(affineBackwardInput, steps * batch * inputs, args, { integers: { inputs, outputs } }), steps, batch, inputs)
    },

    outerSum(delta, x) {
      const left = gpuSequence(delta, 'delta')
      const right = gpuSequence(x, 'x')
      expectShape('x', [right.steps, right.batch], [left.steps, left.batch])
      const [outputs, inputs, rows] = [left.width, right.width, left.steps * left.batch]
      const args = [left.view.buffer, left.view.offset, right.view.buffer, right.view.offset]
      const { parts, rounds } = partsOfRows(rows, outputs * inputs)
      const sums = plan.call(outerSum, parts * outputs * inputs, args, { integers: { rows, inputs, outputs, parts, rounds } })
      return wholeTensor([outputs, inputs], together(sums, parts, outputs * inputs))
    },

    outerSumTokens(delta, tokens, vocabulary) {
      const { view, steps, batch, width: outputs } = gpuSequence(delta, 'delta')
      const ids: GpuTokens = gpuTokens(tokens, 'the tokens', steps, batch)
      ids.input.below = Math.min(ids.input.below, vocabulary)
      const { order, starts } = tokenOrder(ids.input, steps * batch, vocabulary)
      const integers = { vocabulary, outputs, rows: steps * batch }
      return wholeTensor([outputs, vocabulary], plan.call(outerSumTokens, outputs * vocabulary, [view.buffer, view.offset, order, starts], { integers }))
    },

    biasSum(delta) {
      const { view, steps, batch, width: outputs } = gpuSequence(delta, 'delta')
      const rows = steps * batch
      const { parts, rounds } = partsOfRows(rows, outputs)
      const sums = plan.call(biasSum, parts * outputs, [view.buffer, view.offset], { integers: { rows, outputs, parts, rounds } })
      return wholeTensor([outputs], together(sums, parts, outputs))
    },
  }
}
