import type { Experiment } from '@shared/experiment/schema'
import { pathOf, prepare, splitSeedOf } from '../prepare'
import type { PreparedDataset, ReadOptions } from '../prepared-dataset'
import type { TensorReader } from '../sequences/tensor-reader'
import { sorted, type Audit, type AuditFinding } from './audit'
import { auditAudio } from './audit-audio'
import { auditRecords } from './audit-records'
import { pairFindings, sequenceFindings } from './audit-sequences'
import { seriesFindings, textFindings } from './audit-streams'

/**
 * Looks into the split of an experiment: what crosses it, how many, and how to mend it.
 * @param folder what `data.source` is relative to
 * @throws UnrollError as preparing the data does
 */
export async function auditExperiment(experiment: Experiment, folder: string, readTensors: TensorReader, options: ReadOptions = {}): Promise<Audit> {
  const { data, task, training } = experiment
  const path = pathOf(data, folder)
  const seed = splitSeedOf(data, training.seed)
  if (data.kind === 'records') return auditRecords(data, task.output === 'sequence' ? 'sequence' : 'class', path, seed, options)
  if (data.kind === 'audio') return auditAudio(data, path, seed, options)
  const prepared = await prepare(experiment, folder, readTensors, options)
  return { kind: data.kind, parts: prepared.split.map(({ part, count }) => ({ part, count })), findings: sorted(findingsOf(experiment, prepared)) }
}

function findingsOf({ data: spec }: Experiment, prepared: PreparedDataset): AuditFinding[] {
  const { data } = prepared
  switch (data.form) {
    case 'tokens': return textFindings(data, prepared.vocabulary!)
    case 'values': return spec.kind === 'series' ? seriesFindings(spec, data, prepared) : []
    case 'pairs': return pairFindings(data)
    case 'sequences': return sequenceFindings(data, spec)
  }
}
