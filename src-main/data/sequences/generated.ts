import type { DataSpec, TaskSpec } from '@shared/experiment/schema'
import type { PreparedDataset } from '../prepared-dataset'
import { prepareAdding } from './adding'
import { prepareCopy } from './copy'
import { prepareReber } from './reber'

/** The task an experiment names, the same for the same seed. @throws UnrollError `dataset.too-large`, `dataset.too-short` */
export function prepareGenerated(spec: Extract<DataSpec, { kind: 'generated' }>, loss: TaskSpec['loss'], seed: number): PreparedDataset {
  switch (spec.generator) {
    case 'adding': return prepareAdding(spec, loss, seed)
    case 'copy': return prepareCopy(spec, seed)
    case 'reber': return prepareReber(spec, seed)
  }
}
