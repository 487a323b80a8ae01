import type { Cell, LayerArguments, LayerBackward, LayerForward, LayerGradient } from './cell'
import { projectInput, projectionGradient } from './input-projection'

/**
 * The Elman cell over a whole layer.
 *   forward:   h_t = φ(W x_t + U h_{t-1} + b),  b = b_ih + b_hh,  φ = tanh or ReLU
 *   backward:  δ_t = ∂L/∂h_t ⊙ φ'(h_t);  ∂L/∂h_{t-1} = Uᵀ δ_t + ∂L/∂h_{t-1} from its own output
 *              ∂L/∂U = Σ_t δ_t h_{t-1}ᵀ;  ∂L/∂W = Σ_t δ_t x_tᵀ;  ∂L/∂b_ih = ∂L/∂b_hh = Σ_t δ_t;  ∂L/∂x_t = Wᵀ δ_t
 * A row past its length keeps its state, and what reaches that state flows back to the row's last valid step.
 * The gradient stops at the initial state: windows are truncated there.
 * Shapes: x [T,B,I], W [H,I], U [H,H], h [B,H].
 * @see Elman 1990; truncation: Williams & Peng 1990; names and biases as torch.nn.RNN
 */
export const rnnCell: Cell = {
  states: ['h'],

  forward(layer: LayerArguments): LayerForward {
    const { ops, input, weights, initial, lengths, activation, steps, batch, hidden } = layer
    const recurrent = weights('weight_hh')
    const projected = projectInput(ops, input, weights('weight_ih'), [weights('bias_ih'), weights('bias_hh')])
    // One slot more than steps: h_{t-1} and h_t are then two views of one sequence.
    const states = ops.sequence(steps + 1, batch, hidden)
    ops.place(initial[0]!, ops.slot(states, 0))
    for (let step = 0; step < steps; step++) {
      ops.rnnStep({ projected: projected.at(step), previous: states.at(step), weight: recurrent, activation, lengths, step }, ops.slot(states, step + 1))
    }

    const backward = (gradient: LayerGradient, { needsInput }: { needsInput: boolean }): LayerBackward => {
      const outputs = gradient.kind === 'every-step' ? gradient.outputs : null
      const deltas = ops.sequence(steps, batch, hidden)
      let reaching = gradient.kind === 'every-step' ? gradient.outputs.at(steps - 1) : gradient.state
      for (let step = steps - 1; step >= 0; step--) {
        const delta = ops.rnnDelta({ gradient: reaching, state: states.at(step + 1), activation, lengths, step }, ops.slot(deltas, step))
        if (step > 0) reaching = ops.rnnBackward({ delta, weight: recurrent, gradient: reaching, addend: outputs?.at(step - 1) ?? null, lengths, step })
      }
      const bias = ops.biasSum(deltas)
      return {
        weights: {
          weight_ih: projectionGradient(ops, deltas, input),
          weight_hh: ops.outerSum(deltas, states.slice(0, steps)),
          bias_ih: bias,
          bias_hh: bias,
        },
        input: needsInput ? ops.affineBackwardInput(deltas, weights('weight_ih')) : null,
      }
    }

    return { outputs: states.slice(1, steps + 1), final: [states.at(steps)], backward }
  },
}
