import type { OptimizerSpec } from '@shared/experiment/schema'
import type { Optimizer } from './optimizer'

/**
 * Adam:  m' = β₁m + (1−β₁)g;  v' = β₂v + (1−β₂)g²;  p' = p − η/(1−β₁ᵗ) · m' / (√v'/√(1−β₂ᵗ) + ε).
 * Weight decay λ: Adam adds λp to g; AdamW shrinks p to p·(1 − ηλ) first and leaves g alone.
 * The corrections 1−βᵗ are worked out here, in Float64: in float32 1 − 0.999ᵗ loses four digits at the first steps.
 * @see Kingma & Ba 2015; AdamW: Loshchilov & Hutter 2019; the order of operations is torch.optim.Adam's
 */
export const adam = ({ kind, betas, epsilon, weightDecay }: Extract<OptimizerSpec, { kind: 'adam' | 'adamw' }>): Optimizer => {
  const decoupled = kind === 'adamw'
  return {
    slots: ['first', 'second'],
    hyperSize: 3,
    hyper: (step, learningRate) => Float32Array.of(
      learningRate / (1 - betas[0] ** step), 1 / Math.sqrt(1 - betas[1] ** step), decoupled ? 1 - learningRate * weightDecay : 1,
    ),
    update(ops, { parameter, gradient, slots, factor, hyper }) {
      const next = ops.adam({ parameter, gradient, first: slots[0]!, second: slots[1]!, factor, betas, epsilon, hyper, weightDecay, decoupled })
      return { parameter: next.parameter, slots: [next.first, next.second] }
    },
  }
}
