import { join } from 'node:path'
import type { Experiment } from '@shared/experiment/schema'
import type { ImportOptions } from '@shared/rpc/schemas'
import { makeFolder } from '../files/atomic'
import { copySource } from './copy-source'
import type { DataDesk } from './data-desk'
import { dataSpecOf } from './data-spec'

/** Kinds that are kept as typed shards (data/store.ts); of the others the source is copied. */
const storedKinds: ReadonlySet<ImportOptions['kind']> = new Set(['text', 'series'])
const shardsFolder = 'data'

/**
 * Puts a source into a dataset's folder. A failure leaves part of it there: the folder is the caller's to remove.
 * @returns the `data` of an experiment on it; SHA-256 of the source in hexadecimal and its bytes
 */
export async function keepSource(desk: DataDesk, path: string, options: ImportOptions, folder: string, signal: AbortSignal): Promise<{ data: Experiment['data']; hash: string; bytes: number }> {
  const dataSpec = (source: string, at: string) => desk.run((client, task) => dataSpecOf(source, options, () => client.preview(task, at, options)), { watch: true })
  signal.throwIfAborted()
  if (!storedKinds.has(options.kind)) {
    const { source, hash, bytes } = await copySource(path, folder, options.kind, signal)
    return { data: await dataSpec(source, join(folder, source)), hash, bytes }
  }
  const data = await dataSpec(shardsFolder, path)
  signal.throwIfAborted()
  await makeFolder(join(folder, shardsFolder))
  const { source } = await desk.run((client, task) => client.store(task, data, path, join(folder, shardsFolder)), { watch: true })
  return { data, hash: source.sha256, bytes: source.bytes }
}
