import type { Ops, Tensor } from '@main/engine/backends/backend'
import { expectShape, lengths, OracleTensor, tensor, write } from './values'

type Record = (work: () => void) => void

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value))

/** Row `row` of U times the previous state of batch row `b`. */
function product(weight: OracleTensor, row: number, previous: OracleTensor, b: number, hidden: number): number {
  let sum = 0
  for (let k = 0; k < hidden; k++) sum += weight.data[row * hidden + k]! * previous.data[b * hidden + k]!
  return sum
}

/** LSTM and GRU, unit by unit. */
export function gatedOps(record: Record): Pick<Ops, 'lstmStep' | 'lstmDelta' | 'gruStep' | 'gruDelta' | 'held' | 'recurrentBackward'> {
  return {
    lstmStep(args, into) {
      const [projected, previous, cell, weight, valid] = [tensor(args.projected), tensor(args.previous), tensor(args.cell), tensor(args.weight), lengths(args.lengths)]
      const [batch, hidden] = previous.shape as [number, number]
      expectShape('the projected input', projected.shape, [batch, 4 * hidden])
      expectShape('the cell state', cell.shape, [batch, hidden])
      expectShape('U', weight.shape, [4 * hidden, hidden])
      expectShape('lengths', [valid.batch], [batch])
      const [h, c, gates] = [write(into.hidden), write(into.cell), write(into.gates)]
      expectShape('the slot of the hidden state', h.shape, [batch, hidden])
      expectShape('the slot of the cell state', c.shape, [batch, hidden])
      expectShape('the slot of the gates', gates.shape, [batch, 4 * hidden])
      record(() => {
        for (let b = 0; b < batch; b++) {
          const active = args.step < valid.values[b]!
          for (let unit = 0; unit < hidden; unit++) {
            const at = b * hidden + unit
            const gateAt = (gate: number) => b * 4 * hidden + gate * hidden + unit
            const sum = (gate: number) => projected.data[gateAt(gate)]! + product(weight, gate * hidden + unit, previous, b, hidden)
            const [i, f, g, o] = active ? [sigmoid(sum(0)), sigmoid(sum(1)), Math.tanh(sum(2)), sigmoid(sum(3))] : [0, 0, 0, 0]
            for (const [gate, value] of [i, f, g, o].entries()) gates.data[gateAt(gate)] = value
            c.data[at] = active ? f * cell.data[at]! + i * g : cell.data[at]!
            h.data[at] = active ? o * Math.tanh(c.data[at]!) : previous.data[at]!
          }
        }
      })
    },

    lstmDelta(args, into) {
      const [gradient, gates, previousCell, cell, valid] = [tensor(args.gradient), tensor(args.gates), tensor(args.previousCell), tensor(args.cell), lengths(args.lengths)]
      const later = args.cellGradient && tensor(args.cellGradient)
      const [batch, hidden] = gradient.shape as [number, number]
      expectShape('the gates', gates.shape, [batch, 4 * hidden])
      for (const state of [previousCell, cell, ...(later ? [later] : [])]) expectShape('the cell states and their gradient', state.shape, [batch, hidden])
      const delta = write(into)
      expectShape('the slot of delta', delta.shape, [batch, 4 * hidden])
      const cellGradient = OracleTensor.of([batch, hidden])
      record(() => {
        for (let at = 0; at < batch * hidden; at++) {
          const [b, unit] = [Math.floor(at / hidden), at % hidden]
          const active = args.step < valid.values[b]!
          const gateAt = (gate: number) => b * 4 * hidden + gate * hidden + unit
          const [i, f, g, o] = [0, 1, 2, 3].map((gate) => gates.data[gateAt(gate)]!) as [number, number, number, number]
          const [dh, tanhC] = [gradient.data[at]!, Math.tanh(cell.data[at]!)]
          const dc = (later ? later.data[at]! : 0) + (active ? dh * o * (1 - tanhC ** 2) : 0)
          const towards = [dc * g * i * (1 - i), dc * previousCell.data[at]! * f * (1 - f), dc * i * (1 - g ** 2), dh * tanhC * o * (1 - o)]
          towards.forEach((value, gate) => { delta.data[gateAt(gate)] = active ? value : 0 })
          cellGradient.data[at] = active ? dc * f : dc
        }
      })
      return { delta, cellGradient }
    },

    gruStep(args, into) {
      const [projected, previous, weight, bias, valid] = [tensor(args.projected), tensor(args.previous), tensor(args.weight), tensor(args.bias), lengths(args.lengths)]
      const [batch, hidden] = previous.shape as [number, number]
      expectShape('the projected input', projected.shape, [batch, 3 * hidden])
      expectShape('U', weight.shape, [3 * hidden, hidden])
      expectShape('b_hh', bias.shape, [3 * hidden])
      expectShape('lengths', [valid.batch], [batch])
      const [h, gates] = [write(into.hidden), write(into.gates)]
      expectShape('the slot of the hidden state', h.shape, [batch, hidden])
      expectShape('the slot of the gates', gates.shape, [batch, 4 * hidden])
      record(() => {
        for (let b = 0; b < batch; b++) {
          const active = args.step < valid.values[b]!
          for (let unit = 0; unit < hidden; unit++) {
            const at = b * hidden + unit
            const fromInput = (gate: number) => projected.data[b * 3 * hidden + gate * hidden + unit]!
            const fromState = (gate: number) => product(weight, gate * hidden + unit, previous, b, hidden) + bias.data[gate * hidden + unit]!
            const [r, z, q] = [sigmoid(fromInput(0) + fromState(0)), sigmoid(fromInput(1) + fromState(1)), fromState(2)]
            const n = Math.tanh(fromInput(2) + r * q)
            for (const [gate, value] of [r, z, n, q].entries()) gates.data[b * 4 * hidden + gate * hidden + unit] = active ? value : 0
            h.data[at] = active ? (1 - z) * n + z * previous.data[at]! : previous.data[at]!
          }
        }
      })
    },

    gruDelta(args, into) {
      const [gradient, gates, previous, valid] = [tensor(args.gradient), tensor(args.gates), tensor(args.previous), lengths(args.lengths)]
      const [batch, hidden] = gradient.shape as [number, number]
      expectShape('the gates', gates.shape, [batch, 4 * hidden])
      expectShape('the previous state', previous.shape, [batch, hidden])
      const [input, recurrent] = [write(into.input), write(into.recurrent)]
      for (const delta of [input, recurrent]) expectShape('the slots of the deltas', delta.shape, [batch, 3 * hidden])
      const direct = OracleTensor.of([batch, hidden])
      record(() => {
        for (let at = 0; at < batch * hidden; at++) {
          const [b, unit] = [Math.floor(at / hidden), at % hidden]
          const active = args.step < valid.values[b]!
          const [r, z, n, q] = [0, 1, 2, 3].map((gate) => gates.data[b * 4 * hidden + gate * hidden + unit]!) as [number, number, number, number]
          const dh = gradient.data[at]!
          const dn = dh * (1 - z) * (1 - n ** 2)
          const dz = dh * (previous.data[at]! - n) * z * (1 - z)
          const dr = dn * q * r * (1 - r)
          const put = (delta: OracleTensor, values: number[]) => {
            values.forEach((value, gate) => { delta.data[b * 3 * hidden + gate * hidden + unit] = active ? value : 0 })
          }
          put(input, [dr, dz, dn])
          put(recurrent, [dr, dz, dn * r])
          direct.data[at] = active ? dh * z : dh
        }
      })
      return { input, recurrent, direct }
    },

    held(args) {
      const [gradient, valid] = [tensor(args.gradient), lengths(args.lengths)]
      const [batch, hidden] = gradient.shape as [number, number]
      expectShape('lengths', [valid.batch], [batch])
      const result = OracleTensor.of([batch, hidden])
      record(() => {
        gradient.data.forEach((value, at) => { result.data[at] = args.step < valid.values[Math.floor(at / hidden)]! ? 0 : value })
      })
      return result
    },

    recurrentBackward(args): Tensor {
      const [delta, weight] = [tensor(args.delta), tensor(args.weight)]
      const added = [args.direct, args.addend].flatMap((term) => (term === null ? [] : [tensor(term)]))
      const [batch, width] = delta.shape as [number, number]
      const hidden = weight.shape[1]!
      expectShape('U', weight.shape, [width, hidden])
      for (const term of added) expectShape('what is added', term.shape, [batch, hidden])
      const back = OracleTensor.of([batch, hidden])
      record(() => {
        for (let at = 0; at < batch * hidden; at++) {
          const [b, k] = [Math.floor(at / hidden), at % hidden]
          let sum = added.reduce((total, { data }) => total + data[at]!, 0)
          for (let j = 0; j < width; j++) sum += weight.data[j * hidden + k]! * delta.data[b * width + j]!
          back.data[at] = sum
        }
      })
      return back
    },
  }
}
