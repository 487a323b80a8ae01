import { join, resolve } from 'node:path'
import { UnrollError } from '@shared/errors'
import type { PreparedDataset } from '../../data/prepared-dataset'
import { computeClient, type ComputeClient } from '../../services/compute/compute-client'
import { withDataWorker } from '../../services/data-client'
import type { HostCapabilities } from '../../services/host-capabilities'
import { sourceHash } from '../../services/datasets/source-hash'
import { loadModel, type TrainedModel } from '../../services/models/trained-model'
import { RunFolder, type WhichWeights } from '../../services/runs/run-folder'
import { nodeHost } from '../node-host'

/** Loads a run's model and does a job with it on a cpu worker that ends with the job. */
export async function withModel<T>(run: string, which: WhichWeights, job: (client: ComputeClient, model: TrainedModel, host: HostCapabilities) => Promise<T>): Promise<T> {
  const path = resolve(run)
  const model = await loadModel(new RunFolder(path), which)
  const host = nodeHost({ kind: 'cli', home: path })
  const client = computeClient(await host.startCompute('cpu'))
  try {
    return await job(client, model, host)
  } finally {
    await client.terminate()
  }
}

/** What a run was trained on, read anew, and whether it has changed since; that is also told. A run of a workbench's home finds its dataset beside the runs. */
export async function dataOf(host: HostCapabilities, run: string, { record, experiment }: TrainedModel): Promise<PreparedDataset & { changed: boolean }> {
  if (record.dataFolder === null && record.datasetId === null) {
    throw new UnrollError('dataset.not-found', `The run ${run} doesn't say where its data is.`, { hint: 'Train it again with `unroll train`.' })
  }
  const folder = record.dataFolder ?? join(resolve(run), '../../datasets', record.datasetId!)
  const [dataset, hash] = await Promise.all([withDataWorker(host, (worker) => worker.prepare(record.id, experiment, folder)), record.dataHash === null ? null : sourceHash(experiment, folder)])
  const changed = hash !== null && hash !== record.dataHash
  if (changed) process.stderr.write('The data have changed since this run was trained: what follows is of what they are now.\n')
  return { ...dataset, changed }
}
