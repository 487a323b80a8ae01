import type { Tensor } from '../backends/backend'
import type { BackwardOptions, Cell, LayerArguments, LayerBackward, LayerForward, LayerGradient } from './cell'
import { projectInput, projectionGradient } from './input-projection'
import { arriving, statesFrom, timeline } from './timeline'

/**
 * Long short-term memory over a whole layer.
 *   forward:   i,f,o = σ(W x_t + U h_{t-1} + b), g = tanh(W x_t + U h_{t-1} + b);  c_t = f⊙c_{t-1} + i⊙g;  h_t = o⊙tanh(c_t)
 *   backward:  dc = ∂L/∂c_t + ∂L/∂h_t ⊙ o ⊙ (1 − tanh²c_t);  ∂L/∂c_{t-1} = dc ⊙ f
 *              δ of a gate: its derivative times dc⊙g (i), dc⊙c_{t-1} (f), dc⊙i (g), ∂L/∂h_t⊙tanh c_t (o)
 *              ∂L/∂h_{t-1} = Uᵀ δ_t + ∂L/∂h_{t-1} from its own output; weights as in the Elman cell
 * In reverse t + 1 stands for t − 1. A row past its length keeps h and c.
 * Shapes: x [T,B,I], W [4H,I], U [4H,H], b = b_ih + b_hh [4H] in order i f g o, h and c [B,H].
 * @see Hochreiter & Schmidhuber 1997; forget gate: Gers, Schmidhuber & Cummins 2000; names and order as torch.nn.LSTM
 */
export const lstmCell: Cell = {
  states: ['h', 'c'],

  forward(layer: LayerArguments): LayerForward {
    const { ops, input, weights, initial, lengths, direction, steps, batch, hidden } = layer
    const recurrent = weights('weight_hh')
    const projected = projectInput(ops, input, weights('weight_ih'), [weights('bias_ih'), weights('bias_hh')])
    const time = timeline(steps, direction)
    const states = statesFrom(ops, initial[0]!, time, batch, hidden)
    const cells = statesFrom(ops, initial[1]!, time, batch, hidden)
    const gates = ops.sequence(steps, batch, 4 * hidden)
    for (const { step, before, after } of time.moments) {
      ops.lstmStep({ projected: projected.at(step), previous: states.at(before), cell: cells.at(before), weight: recurrent, lengths, step },
        { hidden: ops.slot(states, after), cell: ops.slot(cells, after), gates: ops.slot(gates, step) })
    }

    const backward = (gradient: LayerGradient, { needsInput, needsInitial, needsStates = false }: BackwardOptions): LayerBackward => {
      const deltas = ops.sequence(steps, batch, 4 * hidden)
      // What arrives at a state that a row only kept has to reach the step that made it. Gradients of single outputs are
      // zero there already; in reverse the kept steps lie before the row's first, where only the initial state is.
      const keeps = direction === 'forward' ? Boolean(gradient.final[0]) : needsInitial
      let reaching = arriving(ops, gradient, time)
      let reachingCell: Tensor | null = gradient.final[1] ?? null
      const kept = needsStates ? [reaching, ...(reachingCell ? [reachingCell] : [])].map(() => ops.sequence(steps, batch, hidden)) : null
      for (const [index, { step, before, after }] of [...time.moments.entries()].reverse()) {
        kept?.forEach((sequence, index) => { ops.place(index === 0 ? reaching : reachingCell!, ops.slot(sequence, step)) })
        const found = ops.lstmDelta({
          gradient: reaching, cellGradient: reachingCell, gates: gates.at(step), previousCell: cells.at(before), cell: cells.at(after), lengths, step,
        }, ops.slot(deltas, step))
        const earlier = time.moments[index - 1]
        if (!earlier && !needsInitial) continue
        const direct = keeps ? ops.held({ gradient: reaching, lengths, step }) : null
        const addend = earlier ? gradient.outputs?.at(earlier.step) ?? null : null
        reaching = ops.recurrentBackward({ delta: found.delta, weight: recurrent, direct, addend })
        reachingCell = found.cellGradient
      }
      return {
        weights() {
          const bias = ops.biasSum(deltas)
          return { weight_ih: projectionGradient(ops, deltas, input), weight_hh: ops.outerSum(deltas, time.before(states)), bias_ih: bias, bias_hh: bias }
        },
        input: needsInput ? ops.affineBackwardInput(deltas, weights('weight_ih')) : null,
        initial: needsInitial ? [reaching, reachingCell!] : null,
        states: kept,
      }
    }

    const outputs = time.after(states)
    const gate = (index: number) => () => ops.columns(gates, index * hidden, (index + 1) * hidden)
    const inside = {
      h: () => outputs, c: () => time.after(cells), i: gate(0), f: gate(1), g: gate(2), o: gate(3),
      Wx: () => projectInput(ops, input, weights('weight_ih'), []), Uh: () => ops.affine(time.before(states), recurrent, []),
    }
    return { outputs, final: [states.at(time.last), cells.at(time.last)], inside, backward }
  },
}
