import type { Experiment } from '@shared/experiment/schema'
import type { Dataset } from '@shared/rpc/schemas'

/** A run that takes a second. */
export const small = (dataset: Dataset, training: Partial<Experiment['training']> = {}): Experiment => ({
  ...dataset.experiment,
  model: { ...dataset.experiment.model, hiddenSize: 24 },
  training: { ...dataset.experiment.training, window: 20, batchSize: 10, epochs: 100_000, maxSteps: 100, checkpointEvery: 20, validateEvery: 25, ...training },
})
/** One that goes on until it is stopped. */
export const endless = { maxSteps: null }
