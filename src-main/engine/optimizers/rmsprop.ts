import type { OptimizerSpec } from '@shared/experiment/schema'
import type { Optimizer } from './optimizer'

/**
 * RMSprop:  g ← g + λ p;  s' = α s + (1−α)g²;  u = g / (√s' + ε);  p' = p − η u, with momentum b' = μ b + u and p' = p − η b'.
 * @see Tieleman & Hinton 2012; the order of operations is torch.optim.RMSprop's
 */
export const rmsprop = ({ alpha, epsilon, momentum, weightDecay }: Extract<OptimizerSpec, { kind: 'rmsprop' }>): Optimizer => ({
  slots: momentum > 0 ? ['square', 'buffer'] : ['square'],
  hyperSize: 1,
  hyper: (_step, learningRate) => Float32Array.of(learningRate),
  update(ops, { parameter, gradient, slots, factor, hyper }) {
    const next = ops.rmsprop({ parameter, gradient, square: slots[0]!, buffer: slots[1] ?? null, factor, alpha, epsilon, momentum, weightDecay, hyper })
    return { parameter: next.parameter, slots: next.buffer ? [next.square, next.buffer] : [next.square] }
  },
})
