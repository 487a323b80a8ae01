import type { BackwardOptions, Cell, LayerArguments, LayerBackward, LayerForward, LayerGradient } from './cell'
import { projectInput, projectionGradient } from './input-projection'
import { arriving, statesFrom, timeline } from './timeline'

/**
 * The gated recurrent unit over a whole layer, its reset gate applied after the product with U_n.
 *   forward:   r,z = σ(W x_t + b_ih + U h_{t-1} + b_hh);  n = tanh(W_n x_t + b_in + r⊙(U_n h_{t-1} + b_hn))
 *              h_t = (1 − z)⊙n + z⊙h_{t-1}
 *   backward:  δn = ∂L/∂h_t⊙(1 − z)⊙(1 − n²);  δz = ∂L/∂h_t⊙(h_{t-1} − n)⊙z(1 − z);  δr = δn⊙(U_n h_{t-1} + b_hn)⊙r(1 − r)
 *              ∂L/∂h_{t-1} = Uᵀ (δr δz δn⊙r) + ∂L/∂h_t⊙z + ∂L/∂h_{t-1} from its own output
 *              ∂L/∂W and ∂L/∂b_ih from δr δz δn;  ∂L/∂U and ∂L/∂b_hh from δr δz δn⊙r
 * In reverse t + 1 stands for t − 1. A row past its length keeps h.
 * Shapes: x [T,B,I], W [3H,I], U [3H,H], b_ih and b_hh [3H] in order r z n, h [B,H].
 * @see Cho et al. 2014; where the reset gate acts, names and order as torch.nn.GRU
 */
export const gruCell: Cell = {
  states: ['h'],

  forward(layer: LayerArguments): LayerForward {
    const { ops, input, weights, initial, lengths, direction, steps, batch, hidden } = layer
    const [recurrent, bias] = [weights('weight_hh'), weights('bias_hh')]
    const projected = projectInput(ops, input, weights('weight_ih'), [weights('bias_ih')])
    const time = timeline(steps, direction)
    const states = statesFrom(ops, initial[0]!, time, batch, hidden)
    const gates = ops.sequence(steps, batch, 4 * hidden)
    for (const { step, before, after } of time.moments) {
      ops.gruStep({ projected: projected.at(step), previous: states.at(before), weight: recurrent, bias, lengths, step }, { hidden: ops.slot(states, after), gates: ops.slot(gates, step) })
    }

    const backward = (gradient: LayerGradient, { needsInput, needsInitial, needsStates = false }: BackwardOptions): LayerBackward => {
      const [towardsInput, towardsState] = [ops.sequence(steps, batch, 3 * hidden), ops.sequence(steps, batch, 3 * hidden)]
      const kept = needsStates ? ops.sequence(steps, batch, hidden) : null
      let reaching = arriving(ops, gradient, time)
      for (const [index, { step, before }] of [...time.moments.entries()].reverse()) {
        if (kept) ops.place(reaching, ops.slot(kept, step))
        const found = ops.gruDelta({ gradient: reaching, gates: gates.at(step), previous: states.at(before), lengths, step },
          { input: ops.slot(towardsInput, step), recurrent: ops.slot(towardsState, step) })
        const earlier = time.moments[index - 1]
        if (!earlier && !needsInitial) continue
        const addend = earlier ? gradient.outputs?.at(earlier.step) ?? null : null
        reaching = ops.recurrentBackward({ delta: found.recurrent, weight: recurrent, direct: found.direct, addend })
      }
      return {
        weights: () => ({
          weight_ih: projectionGradient(ops, towardsInput, input),
          weight_hh: ops.outerSum(towardsState, time.before(states)),
          bias_ih: ops.biasSum(towardsInput),
          bias_hh: ops.biasSum(towardsState),
        }),
        input: needsInput ? ops.affineBackwardInput(towardsInput, weights('weight_ih')) : null,
        initial: needsInitial ? [reaching] : null,
        states: kept && [kept],
      }
    }

    const outputs = time.after(states)
    const gate = (index: number) => () => ops.columns(gates, index * hidden, (index + 1) * hidden)
    const inside = {
      h: () => outputs, r: gate(0), z: gate(1), n: gate(2), q: gate(3),
      Wx: () => projectInput(ops, input, weights('weight_ih'), []), Uh: () => ops.affine(time.before(states), recurrent, []),
    }
    return { outputs, final: [states.at(time.last)], inside, backward }
  },
}
