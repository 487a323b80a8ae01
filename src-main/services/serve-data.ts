import { UnrollError } from '@shared/errors'
import type { Port } from '@shared/rpc/port'
import { auditExperiment } from '../data/audit/audit-experiment'
import { sourceChanges } from '../data/changes/changes'
import { prepare } from '../data/prepare'
import type { DataProgress, ReadOptions } from '../data/prepared-dataset'
import { preview } from '../data/preview'
import { reportOf } from '../data/report/report'
import { previewSplit } from '../data/splits/preview-split'
import { store } from '../data/store'
import { previewGenerated } from '../data/sequences/generated'
import type { TensorReader } from '../data/sequences/tensor-reader'
import { readTensorFile } from '../formats/tensor-file'
import { connect } from './compute/rpc'
import type { DataApi, DataEvents } from './data-protocol'

/** Answers the data protocol on a port: the body of the data worker. */
export function serveData(port: Port): void {
  const tasks = new Map<string, AbortController>()

  async function cancellable<T>(task: string, job: (options: ReadOptions) => Promise<T>): Promise<T> {
    const controller = new AbortController()
    tasks.set(task, controller)
    try {
      return await job({ signal: controller.signal, onProgress: (progress: DataProgress) => void peer.progress.asEvent(task, progress) })
    } catch (error) {
      throw asUnrollError(error)
    } finally {
      if (tasks.get(task) === controller) tasks.delete(task)
    }
  }

  const api: DataApi = {
    preview: (task, path, options) => cancellable(task, (reading) => preview(path, options, reading, readTensors)),
    previewGenerated: async (data, seed) => previewGenerated(data, seed),
    store: (task, data, path, folder) => cancellable(task, (reading) => store(data, path, folder, reading)),
    prepare: (task, experiment, folder) => cancellable(task, (reading) => prepare(experiment, folder, readTensors, reading)),
    audit: (task, experiment, folder) => cancellable(task, (reading) => auditExperiment(experiment, folder, readTensors, reading)),
    previewSplit: (task, experiment, folder) => cancellable(task, (reading) => previewSplit(experiment, folder, readTensors, reading)),
    report: (task, experiment, folder) => cancellable(task, (reading) => reportOf(experiment, folder, readTensors, reading)),
    changes: (task, experiment, before, after) => cancellable(task, (reading) => sourceChanges(experiment, before, after, readTensors, reading)),
    async cancel(task) {
      for (const [name, controller] of tasks) if (task === null || name === task) controller.abort()
    },
  }
  const peer = connect<DataEvents>(port, api)
  port.onClose(() => { for (const controller of tasks.values()) controller.abort() })
}

export const readTensors: TensorReader = readTensorFile

/** Running out of memory is the data's size, not a fault of ours. */
function asUnrollError(error: unknown): unknown {
  if (error instanceof RangeError && /allocation|array length|array size|string length/i.test(error.message)) {
    return new UnrollError('dataset.too-large', `The data doesn't fit into memory: ${error.message}.`, { hint: 'Import a part of it.', cause: error })
  }
  return error
}
