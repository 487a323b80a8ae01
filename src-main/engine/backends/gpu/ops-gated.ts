import type { Ops } from '../backend'
import { gruDelta } from './kernels/gru-delta'
import { gruDirect } from './kernels/gru-direct'
import { gruGates } from './kernels/gru-gates'
import { gruHidden } from './kernels/gru-hidden'
import { gruSums } from './kernels/gru-sums'
import { lstmCell } from './kernels/lstm-cell'
import { lstmCellGradient } from './kernels/lstm-cell-gradient'
import { lstmDelta } from './kernels/lstm-delta'
import { lstmGates } from './kernels/lstm-gates'
import { lstmHidden } from './kernels/lstm-hidden'
import { recurrentBackward } from './kernels/recurrent-backward'
import { wholeTensor } from './made'
import { fill } from './ops-elman'
import type { Plan, View } from './plan'
import { alone, gpuLengths, gpuTensor } from './tensors'

/** A view as a kernel takes it: its buffer and where it starts. */
const at = ({ buffer, offset }: View) => [buffer, offset] as const

export function gatedOps(plan: Plan): Pick<Ops, 'lstmStep' | 'lstmDelta' | 'gruStep' | 'gruDelta' | 'recurrentBackward'> {
  return {
    lstmStep({ projected, previous, cell, weight, lengths, step }, into) {
      const h = gpuTensor(previous, 'the previous state')
      const [batch, hidden] = h.shape as [number, number]
      const width = 4 * hidden
      const p = gpuTensor(projected, 'the projected input', [batch, width]).view
      const c = gpuTensor(cell, 'the previous cell state', [batch, hidden]).view
      const u = alone(plan, gpuTensor(weight, 'U', [width, hidden]).view, width * hidden)
      const valid = gpuLengths(lengths, batch)
      const constants = { integers: { hidden, width } }
      const gates = plan.call(lstmGates, batch * width, [...at(p), ...at(h.view), u, valid, step], constants)
      const nextCell = plan.call(lstmCell, batch * hidden, [gates, ...at(c), valid, step], constants)
      const next = plan.call(lstmHidden, batch * hidden, [gates, nextCell, ...at(h.view), valid, step], constants)
      fill(into.gates, gates, batch, width)
      fill(into.cell, nextCell, batch, hidden)
      fill(into.hidden, next, batch, hidden)
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
      const constants = { integers: { hidden, width } }
      const common = [...at(g.view), ...at(later), ...at(activated)]
      const reaching = plan.call(lstmCellGradient, batch * hidden, [...common, ...at(state), valid, step], constants)
      const delta = plan.call(lstmDelta, batch * width, [...common, ...at(before), ...at(state), valid, step], constants)
      return { delta: fill(into, delta, batch, width), cellGradient: wholeTensor([batch, hidden], reaching) }
    },

    gruStep({ projected, previous, weight, bias, lengths, step }, into) {
      const h = gpuTensor(previous, 'the previous state')
      const [batch, hidden] = h.shape as [number, number]
      const p = gpuTensor(projected, 'the projected input', [batch, 3 * hidden]).view
      const u = alone(plan, gpuTensor(weight, 'U', [3 * hidden, hidden]).view, 3 * hidden * hidden)
      const b = alone(plan, gpuTensor(bias, 'b_hh', [3 * hidden]).view, 3 * hidden)
      const valid = gpuLengths(lengths, batch)
      const sums = plan.call(gruSums, batch * 3 * hidden, [...at(h.view), u, b, valid, step], { integers: { hidden, width: 3 * hidden } })
      const constants = { integers: { hidden, width: 4 * hidden } }
      const gates = plan.call(gruGates, batch * 4 * hidden, [...at(p), sums, valid, step], constants)
      const next = plan.call(gruHidden, batch * hidden, [gates, ...at(h.view), valid, step], constants)
      fill(into.gates, gates, batch, 4 * hidden)
      fill(into.hidden, next, batch, hidden)
    },

    gruDelta({ gradient, gates, previous, lengths, step }, into) {
      const g = gpuTensor(gradient, 'the gradient')
      const [batch, hidden] = g.shape as [number, number]
      const activated = gpuTensor(gates, 'the gates', [batch, 4 * hidden]).view
      const h = gpuTensor(previous, 'the previous state', [batch, hidden]).view
      const valid = gpuLengths(lengths, batch)
      const args = [...at(g.view), ...at(activated), ...at(h), valid, step]
      const direct = plan.call(gruDirect, batch * hidden, [...at(g.view), ...at(activated), valid, step], { integers: { hidden, width: 4 * hidden } })
      const towards = (recurrent: 0 | 1) => plan.call(gruDelta, batch * 3 * hidden, args, { integers: { hidden, recurrent } })
      return {
        input: fill(into.input, towards(0), batch, 3 * hidden),
        recurrent: fill(into.recurrent, towards(1), batch, 3 * hidden),
        direct: wholeTensor([batch, hidden], direct),
      }
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
