import type { OptimizerSpec } from '@shared/experiment/schema'
import { adam } from './adam'
import type { Optimizer } from './optimizer'
import { rmsprop } from './rmsprop'
import { sgd } from './sgd'

export function optimizerOf(spec: OptimizerSpec): Optimizer {
  if (spec.kind === 'sgd') return sgd(spec)
  return spec.kind === 'rmsprop' ? rmsprop(spec) : adam(spec)
}
