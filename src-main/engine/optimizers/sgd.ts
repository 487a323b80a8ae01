import type { OptimizerSpec } from '@shared/experiment/schema'
import type { Optimizer } from './optimizer'

/**
 * Stochastic gradient descent with momentum:  g ← g + λ p;  v' = μ v + g;  p' = p − η v'  (Nesterov: p − η (g + μ v')).
 * The velocity starts at zero, which gives v' = g at the first step, as torch.optim.SGD has it. Without momentum none is kept.
 */
export const sgd = ({ momentum, nesterov, weightDecay }: Extract<OptimizerSpec, { kind: 'sgd' }>): Optimizer => ({
  slots: momentum > 0 ? ['velocity'] : [],
  hyperSize: 1,
  hyper: (_step, learningRate) => Float32Array.of(learningRate),
  update(ops, { parameter, gradient, slots, factor, hyper }) {
    const next = ops.sgd({ parameter, gradient, velocity: slots[0] ?? null, factor, momentum, hyper, weightDecay, nesterov })
    return { parameter: next.parameter, slots: next.velocity ? [next.velocity] : [] }
  },
})
