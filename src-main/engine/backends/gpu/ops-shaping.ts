import { UnrollError } from '@shared/errors'
import { elements } from '@shared/model/weights'
import type { Ops, Sequence } from '../backend'
import { add } from './kernels/add'
import { columns } from './kernels/columns'
import { gather } from './kernels/gather'
import { multiply } from './kernels/multiply'
import { scatterSum } from './kernels/scatter-sum'
import { sideBySide } from './kernels/side-by-side'
import type { KernelSource } from './gpu-js'
import { packedSequence, wholeTensor } from './made'
import type { TokenOrder } from './ops-linear'
import type { Plan } from './plan'
import { alone, expectShape, gpuSequence, gpuTensor, gpuTokens, type GpuSequence } from './tensors'

export function shapingOps(plan: Plan, tokenOrder: TokenOrder): Pick<Ops, 'gather' | 'scatterSum' | 'concat' | 'columns' | 'multiply' | 'add' | 'addTensors'> {
  const elementwise = (source: KernelSource, left: Sequence, right: Sequence): GpuSequence => {
    const { view, steps, batch, width } = gpuSequence(left, 'the left sequence')
    const other = gpuSequence(right, 'the right sequence', [steps, batch, width]).view
    const args = [view.buffer, view.offset, other.buffer, other.offset]
    return packedSequence(plan.call(source, steps * batch * width, args), steps, batch, width)
  }

  return {
    gather(tokens, table) {
      const [vocabulary, width] = table.shape as [number, number]
      const { steps, batch } = tokens
      const ids = gpuTokens(tokens, 'the tokens', steps, batch)
      ids.input.below = Math.min(ids.input.below, vocabulary)
      const rows = alone(plan, gpuTensor(table, 'the table', [vocabulary, width]).view, vocabulary * width)
      return packedSequence(plan.call(gather, steps * batch * width, [ids.buffer, rows], { integers: { width } }), steps, batch, width)
    },

    scatterSum(delta, tokens, vocabulary) {
      const { view, steps, batch, width } = gpuSequence(delta, 'delta')
      const ids = gpuTokens(tokens, 'the tokens', steps, batch)
      ids.input.below = Math.min(ids.input.below, vocabulary)
      const { order, starts } = tokenOrder(ids.input, steps * batch, vocabulary)
      const integers = { width, rows: steps * batch }
      return wholeTensor([vocabulary, width], plan.call(scatterSum, vocabulary * width, [view.buffer, view.offset, order, starts], { integers }))
    },

    concat(left, right) {
      const first = gpuSequence(left, 'the left sequence')
      const second = gpuSequence(right, 'the right sequence')
      const { steps, batch } = first
      expectShape('the right sequence', [second.steps, second.batch], [steps, batch])
      const width = first.width + second.width
      const args = [first.view.buffer, first.view.offset, second.view.buffer, second.view.offset]
      return packedSequence(plan.call(sideBySide, steps * batch * width, args, { integers: { left: first.width, right: second.width } }), steps, batch, width)
    },

    columns(sequence, from, to) {
      const { view, steps, batch, width: inputs } = gpuSequence(sequence, 'the sequence')
      if (!(from >= 0 && from < to && to <= inputs)) {
        throw new UnrollError('internal.shape', `Columns ${from} to ${to} are no stretch of a sequence ${inputs} wide.`)
      }
      const width = to - from
      return packedSequence(plan.call(columns, steps * batch * width, [view.buffer, view.offset], { integers: { inputs, width, from } }), steps, batch, width)
    },

    multiply: (left, right) => elementwise(multiply, left, right),
    add: (left, right) => elementwise(add, left, right),

    addTensors(left, right) {
      const { shape, view } = gpuTensor(left, 'the left tensor')
      const other = gpuTensor(right, 'the right tensor', shape).view
      return wholeTensor(shape, plan.call(add, elements(shape), [view.buffer, view.offset, other.buffer, other.offset]))
    },
  }
}
