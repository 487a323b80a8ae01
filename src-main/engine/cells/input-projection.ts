import type { Ops, Sequence, Tensor } from '../backends/backend'
import type { LayerInput } from './cell'

/** p_t = W x_t + Σ biases for all steps at once; no step depends on another here. → [T, B, rows of W] */
export function projectInput(ops: Ops, input: LayerInput, weight: Tensor, biases: readonly Tensor[]): Sequence {
  return input.kind === 'tokens' ? ops.affineTokens(input.tokens, weight, biases) : ops.affine(input.values, weight, biases)
}

/** ∂L/∂W = Σ_t Σ_b δ_t x_tᵀ, the same for both kinds of input. → shape of W */
export function projectionGradient(ops: Ops, delta: Sequence, input: LayerInput): Tensor {
  return input.kind === 'tokens' ? ops.outerSumTokens(delta, input.tokens, input.vocabulary) : ops.outerSum(delta, input.values)
}
