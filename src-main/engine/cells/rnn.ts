import type { BackwardOptions, Cell, LayerArguments, LayerBackward, LayerForward, LayerGradient } from './cell'
import { projectInput, projectionGradient } from './input-projection'
import { arriving, statesFrom, timeline } from './timeline'

/**
 * The Elman cell over a whole layer.
 *   forward:   h_t = φ(W x_t + U h_{t-1} + b),  b = b_ih + b_hh,  φ = tanh or ReLU
 *   backward:  δ_t = ∂L/∂h_t ⊙ φ'(h_t);  ∂L/∂h_{t-1} = Uᵀ δ_t + ∂L/∂h_{t-1} from its own output
 *              ∂L/∂U = Σ_t δ_t h_{t-1}ᵀ;  ∂L/∂W = Σ_t δ_t x_tᵀ;  ∂L/∂b_ih = ∂L/∂b_hh = Σ_t δ_t;  ∂L/∂x_t = Wᵀ δ_t
 * In reverse h_{t+1} stands for h_{t-1}. A row past its length keeps its state, and what reaches that state flows back to
 * the row's last valid step. The gradient stops at the initial state unless it is asked for: windows are truncated there.
 * Shapes: x [T,B,I], W [H,I], U [H,H], h [B,H].
 * @see Elman 1990; truncation: Williams & Peng 1990; names and biases as torch.nn.RNN
 */
export const rnnCell: Cell = {
  states: ['h'],

  forward(layer: LayerArguments): LayerForward {
    const { ops, input, weights, initial, lengths, activation, direction, steps, batch, hidden } = layer
    const recurrent = weights('weight_hh')
    const projected = projectInput(ops, input, weights('weight_ih'), [weights('bias_ih'), weights('bias_hh')])
    const time = timeline(steps, direction)
    const states = statesFrom(ops, initial[0]!, time, batch, hidden)
    for (const { step, before, after } of time.moments) {
      ops.rnnStep({ projected: projected.at(step), previous: states.at(before), weight: recurrent, activation, lengths, step }, ops.slot(states, after))
    }

    const backward = (gradient: LayerGradient, { needsInput, needsInitial, needsStates = false }: BackwardOptions): LayerBackward => {
      const deltas = ops.sequence(steps, batch, hidden)
      const kept = needsStates ? ops.sequence(steps, batch, hidden) : null
      let reaching = arriving(ops, gradient, time)
      for (const [index, { step, after }] of [...time.moments.entries()].reverse()) {
        if (kept) ops.place(reaching, ops.slot(kept, step))
        const delta = ops.rnnDelta({ gradient: reaching, state: states.at(after), activation, lengths, step }, ops.slot(deltas, step))
        const earlier = time.moments[index - 1]
        if (!earlier && !needsInitial) continue
        const addend = earlier ? gradient.outputs?.at(earlier.step) ?? null : null
        reaching = ops.rnnBackward({ delta, weight: recurrent, gradient: reaching, addend, lengths, step })
      }
      return {
        weights() {
          const bias = ops.biasSum(deltas)
          return { weight_ih: projectionGradient(ops, deltas, input), weight_hh: ops.outerSum(deltas, time.before(states)), bias_ih: bias, bias_hh: bias }
        },
        input: needsInput ? ops.affineBackwardInput(deltas, weights('weight_ih')) : null,
        initial: needsInitial ? [reaching] : null,
        states: kept && [kept],
      }
    }

    const outputs = time.after(states)
    const inside = { h: () => outputs, Wx: () => projectInput(ops, input, weights('weight_ih'), []), Uh: () => ops.affine(time.before(states), recurrent, []) }
    return { outputs, final: [states.at(time.last)], inside, backward }
  },
}
