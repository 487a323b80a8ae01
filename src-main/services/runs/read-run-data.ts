import type { Experiment } from '@shared/experiment/schema'
import type { PreparedDataset } from '../../data/prepared-dataset'
import { startDataWorker } from '../data-client'
import type { HostCapabilities } from '../host-capabilities'

/**
 * Reads, checks and splits the data of a run in a worker of its own.
 * @param folder what the paths inside the experiment are relative to
 */
export async function readRunData(host: HostCapabilities, run: string, experiment: Experiment, folder: string, signal: AbortSignal): Promise<PreparedDataset> {
  const worker = await startDataWorker(host)
  const end = () => void worker.terminate()
  signal.addEventListener('abort', end, { once: true })
  try {
    signal.throwIfAborted()
    return await worker.prepare(run, experiment, folder)
  } finally {
    signal.removeEventListener('abort', end)
    await worker.terminate()
  }
}
