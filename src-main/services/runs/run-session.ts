import { UnrollError } from '@shared/errors'
import type { PartFigures } from '@shared/rpc/schemas'
import type { PreparedDataset } from '../../data/prepared-dataset'
import type { SessionOptions } from '../../engine/training/types'
import type { ComputeClient } from '../compute/compute-client'
import { namedFigures } from '../figures/run-figures'
import type { StoredCheckpoint } from './checkpoint-file'
import { initialWeights } from './initial-weights'
import type { RunKeeper } from './run-keeper'

/**
 * What a run's session is made of: its data, and the newest checkpoint or the weights it starts from; its logs are open then.
 * @throws UnrollError `run.weights-gone` when its checkpoints were removed: to begin anew would throw its measurements away
 */
export async function sessionOf(keeper: RunKeeper, dataset: PreparedDataset, dataFolder: string): Promise<{ options: SessionOptions; stored: StoredCheckpoint | null }> {
  const { experiment, folder, record } = keeper
  const { data, inputSize, outputSize, unitScale, measure } = dataset
  const stored = await folder.latestCheckpoint()
  if (stored === null && record.checkpoint !== null) {
    throw new UnrollError('run.weights-gone', `The checkpoints of this run were removed, so it can't go on from step ${record.checkpoint}.`, {
      hint: 'Put its folder "checkpoints" back from a copy and resume it, or start a new run. What was measured is kept.', where: { file: folder.path },
    })
  }
  await keeper.keepFitted(dataset)
  const initial = await initialWeights(experiment, inputSize, outputSize, dataFolder)
  await keeper.openLogs(stored)
  return { stored, options: { experiment, data, unitScale, measure, ...(initial !== undefined && { initial }), ...(stored !== null && { checkpoint: stored.checkpoint }) } }
}

/** How the best weights of a run do on the held-out parts; the worker has the data. */
export function bestFigures({ experiment, folder }: RunKeeper, { data: { form }, classes, vocabulary, inputSize, outputSize, measure }: PreparedDataset): (client: ComputeClient) => Promise<PartFigures[]> {
  // Of the data only what names the figures is kept here.
  const named = { data: { form }, classes, vocabulary, outputSize }
  return async (client) => namedFigures(await client.evaluate({
    experiment, weights: (await folder.weights('best')).weights, data: null, parts: ['validation', 'test'], inputSize, outputSize, measure,
  }), named)
}
