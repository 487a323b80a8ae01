import { UnrollError } from '@shared/errors'
import type { Ops, Slot, Tensor } from '../backend'
import { rnnBackward } from './kernels/rnn-backward'
import { rnnBackwardAdd } from './kernels/rnn-backward-add'
import { rnnDelta } from './kernels/rnn-delta'
import { rnnStep } from './kernels/rnn-step'
import { wholeTensor } from './made'
import type { Buffer, Plan, View } from './plan'
import { SlotStore } from './sequence-store'
import { alone, gpuLengths, gpuSequence, gpuTensor } from './tensors'

/** Puts a stretch of a kernel's output into a slot and answers with the slot's tensor. */
export function fill(into: Slot, view: View, batch: number, width: number): Tensor {
  const sequence = gpuSequence(into.sequence, 'the sequence written to', [into.sequence.steps, batch, width])
  if (!(sequence.store instanceof SlotStore)) throw new UnrollError('internal.slot', 'Only a sequence made by ops.sequence can be written to.')
  sequence.store.write(sequence.from + into.step, view)
  return sequence.at(into.step)
}

export function elmanOps(plan: Plan): Pick<Ops, 'rnnStep' | 'rnnDelta' | 'rnnBackward'> {
  return {
    rnnStep({ projected, previous, weight, activation, lengths, step }, into) {
      const p = gpuTensor(projected, 'the projected input')
      const [batch, hidden] = p.shape as [number, number]
      const h = gpuTensor(previous, 'the previous state', [batch, hidden]).view
      const u = alone(plan, gpuTensor(weight, 'U', [hidden, hidden]).view, hidden * hidden)
      const args = [p.view.buffer, p.view.offset, h.buffer, h.offset, plan.transposed(u, hidden, hidden), gpuLengths(lengths, batch), step]
      const buffer = plan.call(rnnStep, batch * hidden, args, { integers: { hidden, relu: activation === 'relu' ? 1 : 0 } })
      return fill(into, { buffer, offset: 0 }, batch, hidden)
    },

    rnnDelta({ gradient, state, activation, lengths, step }, into) {
      const g = gpuTensor(gradient, 'the gradient')
      const [batch, hidden] = g.shape as [number, number]
      const h = gpuTensor(state, 'the state', [batch, hidden]).view
      const args = [g.view.buffer, g.view.offset, h.buffer, h.offset, gpuLengths(lengths, batch), step]
      const buffer = plan.call(rnnDelta, batch * hidden, args, { integers: { hidden, relu: activation === 'relu' ? 1 : 0 } })
      return fill(into, { buffer, offset: 0 }, batch, hidden)
    },

    rnnBackward({ delta, weight, gradient, addend, lengths, step }) {
      const d = gpuTensor(delta, 'delta')
      const [batch, hidden] = d.shape as [number, number]
      const g = gpuTensor(gradient, 'the gradient', [batch, hidden]).view
      const u = alone(plan, gpuTensor(weight, 'U', [hidden, hidden]).view, hidden * hidden)
      const valid = gpuLengths(lengths, batch)
      const common = [d.view.buffer, d.view.offset, u, g.buffer, g.offset]
      const integers = { hidden }
      let buffer: Buffer
      if (addend === null) buffer = plan.call(rnnBackward, batch * hidden, [...common, valid, step], { integers })
      else {
        const { view } = gpuTensor(addend, 'the addend', [batch, hidden])
        buffer = plan.call(rnnBackwardAdd, batch * hidden, [...common, view.buffer, view.offset, valid, step], { integers })
      }
      return wholeTensor([batch, hidden], buffer)
    },
  }
}
