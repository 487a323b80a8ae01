import { z } from 'zod'
import { audioDataSchema } from './data/audio'
import { generatedDataSchema } from './data/generated'
import { recordsDataSchema } from './data/records'
import { seriesDataSchema } from './data/series'
import { tensorsDataSchema } from './data/tensors'
import { textDataSchema } from './data/text'
import { modelSchema } from './model-schema'
import { taskSchema } from './task-schema'
import { trainingSchema } from './training-schema'

/**
 * The experiment file: data, task, model and training of one experiment (docs/experiment-file.md).
 * Keys are a fixed contract: add, never rename. What this build can't run yet is refused by
 * `unsupported()` with a sentence, not by the schema, so that a file from a newer build still reads.
 */

export const dataSchema = z.discriminatedUnion('kind', [
  textDataSchema, seriesDataSchema, recordsDataSchema, audioDataSchema, tensorsDataSchema, generatedDataSchema,
])

export const experimentSchema = z.object({
  unroll: z.literal(1),
  name: z.string().min(1).max(200),
  data: dataSchema,
  task: taskSchema,
  model: modelSchema,
  training: trainingSchema,
  device: z.enum(['auto', 'gpu', 'cpu']).default('auto'),
})

export type Experiment = z.infer<typeof experimentSchema>
export type ExperimentInput = z.input<typeof experimentSchema>
export type DataSpec = Experiment['data']
export type TaskSpec = Experiment['task']
export type ModelSpec = Experiment['model']
export type TrainingSpec = Experiment['training']
export type ScheduleSpec = TrainingSpec['schedule']
export type OptimizerSpec = TrainingSpec['optimizer']
export type Device = Experiment['device']
