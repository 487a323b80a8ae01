import type { Ops, Tensor } from '../backend'
import { gruDelta } from './kernels/gru-delta'
import { gruState } from './kernels/gru-state'
import { gruSums } from './kernels/gru-sums'
import { held } from './kernels/held'
import { lstmDelta } from './kernels/lstm-delta'
import { lstmGates } from './kernels/lstm-gates'
import { lstmState } from './kernels/lstm-state'
import { recurrentBackward } from './kernels/recurrent-backward'
import { wholeTensor } from './made'
import { fill } from './ops-elman'
import type { Buffer, Plan, View } from './plan'
import { alone, gpuLengths, GpuTensor, gpuTensor } from './tensors'

/** A view as a kernel takes it: its buffer and where it starts. */
const at = ({ buffer, offset }: View) => [buffer, offset] as const

const part = (shape: readonly number[], buffer: Buffer, offset: number) => new GpuTensor(shape, () => ({ buffer, offset }))

/**
 * A kernel writes one output, and a step waits for the one before: what a step makes is therefore written by few kernels,
 * its tensors one after the other in one buffer. Recomputing a nonlinearity costs less than starting a kernel.
 */
export function gatedOps(plan: Plan): Pick<Ops, 'lstmStep' | 'lstmDelta' | 'gruStep' | 'gruDelta' | 'held' | 'recurrentBackward'> {
  const transposed = (weight: Tensor, outputs: number, inputs: number): Buffer =>
    plan.transposed(alone(plan, gpuTensor(weight, 'U', [outputs, inputs]).view, outputs * inputs), outputs, inputs)

  return {
    lstmStep({ projected, previous, cell, weight, lengths, step }, into) {
      const h = gpuTensor(previous, 'the previous state')
      const [batch, hidden] = h.shape as [number, number]
      const width = 4 * hidden
      const p = gpuTensor(projected, 'the projected input', [batch, width]).view
      const c = gpuTensor(cell, 'the previous cell state', [batch, hidden]).view
      const u = transposed(weight, width, hidden)
      const valid = gpuLengths(lengths, batch)
      const gates = plan.call(lstmGates, batch * width, [...at(p), ...at(h.view), u, valid, step], { integers: { hidden, width } })
      const states = batch * hidden
      const buffer = plan.call(lstmState, 2 * states, [gates, ...at(h.view), ...at(c), valid, step], { integers: { hidden, states } })
      fill(into.gates, { buffer: gates, offset: 0 }, batch, width)
      fill(into.cell, { buffer, offset: 0 }, batch, hidden)
      fill(into.hidden, { buffer, offset: states }, batch, hidden)
    },

    lstmDelta({ gradient, cellGradient, gates, previousCell, cell, lengths, step }, into) {
      const g = gpuTensor(gradient, 'the gradient')
      const [batch, hidden] = g.shape as [number, number]
      const width = 4 * hidden
      const later = cellGradient === null ? { buffer: plan.zeros(batch * hidden), offset: 0 } : gpuTensor(cellGradient, 'the gradient of the cell state', [batch, hidden]).view
      const activated = gpuTensor(gates, 'the gates', [batch, width]).view
      const before = gpuTensor(previousCell, 'the previous cell state', [batch, hidden]).view
      const state = gpuTensor(cell, 'the cell state', [batch, hidden]).view
      const valid = gpuLengths(lengths, batch)
      const args = [...at(g.view), ...at(later), ...at(activated), ...at(before), ...at(state), valid, step]
      const buffer = plan.call(lstmDelta, batch * (width + hidden), args, { integers: { hidden, gates: batch * width } })
      return { delta: fill(into, { buffer, offset: 0 }, batch, width), cellGradient: part([batch, hidden], buffer, batch * width) }
    },

    gruStep({ projected, previous, weight, bias, lengths, step }, into) {
      const h = gpuTensor(previous, 'the previous state')
      const [batch, hidden] = h.shape as [number, number]
      const p = gpuTensor(projected, 'the projected input', [batch, 3 * hidden]).view
      const u = transposed(weight, 3 * hidden, hidden)
      const b = alone(plan, gpuTensor(bias, 'b_hh', [3 * hidden]).view, 3 * hidden)
      const valid = gpuLengths(lengths, batch)
      const sums = plan.call(gruSums, batch * 3 * hidden, [...at(h.view), u, b, valid, step], { integers: { hidden, width: 3 * hidden } })
      const gates = batch * 4 * hidden
      const buffer = plan.call(gruState, gates + batch * hidden, [...at(p), sums, ...at(h.view), valid, step], { integers: { hidden, gates } })
      fill(into.gates, { buffer, offset: 0 }, batch, 4 * hidden)
      fill(into.hidden, { buffer, offset: gates }, batch, hidden)
    },

    gruDelta({ gradient, gates, previous, lengths, step }, into) {
      const g = gpuTensor(gradient, 'the gradient')
      const [batch, hidden] = g.shape as [number, number]
      const activated = gpuTensor(gates, 'the gates', [batch, 4 * hidden]).view
      const h = gpuTensor(previous, 'the previous state', [batch, hidden]).view
      const valid = gpuLengths(lengths, batch)
      const deltas = batch * 3 * hidden
      const args = [...at(g.view), ...at(activated), ...at(h), valid, step]
      const buffer = plan.call(gruDelta, 2 * deltas + batch * hidden, args, { integers: { hidden, deltas } })
      return {
        input: fill(into.input, { buffer, offset: 0 }, batch, 3 * hidden),
        recurrent: fill(into.recurrent, { buffer, offset: deltas }, batch, 3 * hidden),
        direct: part([batch, hidden], buffer, 2 * deltas),
      }
    },

    held({ gradient, lengths, step }) {
      const { shape, view } = gpuTensor(gradient, 'the gradient')
      const [batch, hidden] = shape as [number, number]
      return part(shape, plan.call(held, batch * hidden, [...at(view), gpuLengths(lengths, batch), step], { integers: { hidden } }), 0)
    },

    recurrentBackward({ delta, weight, direct, addend }) {
      const d = gpuTensor(delta, 'delta')
      const [batch, width] = d.shape as [number, number]
      const hidden = weight.shape[1]!
      const u = alone(plan, gpuTensor(weight, 'U', [width, hidden]).view, width * hidden)
      const added = [direct, addend].flatMap((term) => term === null ? [] : [gpuTensor(term, 'what is added', [batch, hidden]).view])
      // Terms that aren't there are never read.
      const [first = d.view, second = d.view] = added
      const args = [...at(d.view), u, ...at(first), ...at(second)]
      return wholeTensor([batch, hidden], plan.call(recurrentBackward, batch * hidden, args, { integers: { hidden, width, terms: added.length } }))
    },
  }
}
