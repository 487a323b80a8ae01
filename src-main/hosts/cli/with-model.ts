import { resolve } from 'node:path'
import { computeClient, type ComputeClient } from '../../services/compute/compute-client'
import type { HostCapabilities } from '../../services/host-capabilities'
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
