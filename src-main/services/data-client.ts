import { UnrollError } from '@shared/errors'
import { answer, connect } from './compute/rpc'
import type { DataApi, DataEvents } from './data-protocol'
import type { HostCapabilities } from './host-capabilities'

export interface DataClient extends DataApi {
  terminate(): Promise<void>
}

/**
 * Starts a data worker; its calls fail with `data.ended` when it ends before they do.
 * @param events `ended`: the worker is gone, whoever ended it
 */
export async function startDataWorker(host: HostCapabilities, events: DataEvents & { ended?: () => void } = { progress: () => {} }): Promise<DataClient> {
  const worker = await host.startData()
  const peer = connect<DataApi>(worker.port, { progress: events.progress })
  worker.port.onClose(() => {
    events.ended?.()
    if (!peer.$closed) peer.$close(new UnrollError('data.ended', 'The process that reads data ended before it was done.', { hint: 'Try again; if it happens again, the file may need more memory than there is.' }))
  })
  return {
    preview: (task, path, options) => answer(peer.preview(task, path, options)),
    previewGenerated: (data, seed) => answer(peer.previewGenerated(data, seed)),
    store: (task, data, path, folder) => answer(peer.store(task, data, path, folder)),
    prepare: (task, experiment, folder) => answer(peer.prepare(task, experiment, folder)),
    audit: (task, experiment, folder) => answer(peer.audit(task, experiment, folder)),
    previewSplit: (task, experiment, folder) => answer(peer.previewSplit(task, experiment, folder)),
    report: (task, experiment, folder) => answer(peer.report(task, experiment, folder)),
    changes: (task, experiment, before, after) => answer(peer.changes(task, experiment, before, after)),
    cancel: (task) => answer(peer.cancel(task)),
    async terminate() {
      await worker.terminate()
    },
  }
}

/** One job on a data worker of its own, ended with it. */
export async function withDataWorker<T>(host: HostCapabilities, job: (data: DataClient) => Promise<T>): Promise<T> {
  const data = await startDataWorker(host)
  try {
    return await job(data)
  } finally {
    await data.terminate()
  }
}
