import { z } from 'zod'
import type { Experiment } from '@shared/experiment/schema'
import { baselineSchema, runStateSchema, runWarningSchema, type Metric, type RunState } from '@shared/metrics'
import { idSchema, type PartFigures, type Run } from '@shared/rpc/schemas'

/** run.json: what a run folder knows besides its experiment, its metrics and its weights. */
export const runRecordSchema = z.object({
  unroll: z.literal(1).default(1),
  id: z.string(),
  name: z.string(),
  datasetId: idSchema.nullable(),
  created: z.string(),
  state: runStateSchema,
  /** The folder that `data.source` is relative to; null: the dataset's own. */
  dataFolder: z.string().nullable(),
  /** SHA-256 of the source its data were read from when it began; null: nothing was read, or it isn't known. */
  dataHash: z.string().nullable().default(null),
  /** What trains it. A resumed run stays on the same kind: another one rounds differently. */
  deviceKind: z.enum(['cpu', 'gpu']).nullable(),
  /** The same in words, and why it was chosen. */
  device: z.string(),
  plan: z.object({ parameters: z.int(), stepsPerEpoch: z.int(), totalSteps: z.int() }),
  inputSize: z.int(),
  outputSize: z.int(),
  baselines: z.array(baselineSchema),
  unit: z.string().nullable(),
  best: z.object({ step: z.int(), loss: z.number() }).nullable(),
  /** The step of the newest checkpoint that was kept; null before the first, and in runs of before. */
  checkpoint: z.int().nullable().default(null),
  error: z.object({ code: z.string(), message: z.string(), hint: z.string().optional() }).nullable(),
  /** What went wrong on its way without ending it; runs of before have none. */
  warnings: z.array(runWarningSchema).default([]),
})
export type RunRecord = z.infer<typeof runRecordSchema>

export const isOver = (state: RunState): boolean => state === 'done' || state === 'stopped' || state === 'failed' || state === 'interrupted'

export function newRunRecord(id: string, experiment: Experiment, from: { datasetId: string | null; dataFolder: string | null }): RunRecord {
  return {
    unroll: 1, id, name: experiment.name, ...from,
    created: new Date().toISOString(), state: 'preparing', dataHash: null, deviceKind: null, device: 'Not chosen yet',
    plan: { parameters: 0, stepsPerEpoch: 0, totalSteps: 0 }, inputSize: 0, outputSize: 0,
    baselines: [], unit: null, best: null, checkpoint: null, error: null, warnings: [],
  }
}

/** The run as the contract shows it. */
export function describeRun(record: RunRecord, experiment: Experiment, last: Metric | null, figures: PartFigures[] | null, remainingMs: number | null): Run {
  const { id, name, datasetId, dataHash, created, state, device, best, error, warnings, baselines, unit, plan } = record
  return { id, name, datasetId, dataHash, created, state, ...plan, step: last?.step ?? 0, device, best, last, error, warnings, experiment, baselines, unit, remainingMs, figures }
}
