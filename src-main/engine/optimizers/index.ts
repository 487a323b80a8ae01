import { UnrollError } from '@shared/errors'
import type { OptimizerSpec } from '@shared/experiment/schema'
import { adam } from './adam'
import type { Optimizer } from './optimizer'
import { sgd } from './sgd'

/** @throws UnrollError `experiment.unsupported` for an optimizer that this build doesn't have */
export function optimizerOf(spec: OptimizerSpec): Optimizer {
  if (spec.kind === 'sgd') return sgd(spec)
  if (spec.kind === 'adam') return adam(spec)
  throw new UnrollError('experiment.unsupported', `The optimizer "${spec.kind}" isn't built yet; this version has sgd and adam.`, {
    hint: 'Set training.optimizer.kind to adam.',
  })
}
