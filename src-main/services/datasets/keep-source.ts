import { join } from 'node:path'
import type { Experiment } from '@shared/experiment/schema'
import type { ImportOptions } from '@shared/rpc/schemas'
import { makeFolder } from '../files/atomic'
import { copySource } from './copy-source'
import type { DataDesk } from './data-desk'
import { dataSpecOf } from './data-spec'

/** Kinds that are kept as typed shards (data/store.ts); of the others the source is copied. */
const storedKinds: ReadonlySet<string> = new Set(['text', 'series'])
const shardsFolder = 'data'

interface Kept { data: Experiment['data']; hash: string; bytes: number }

/**
 * Puts a source into a dataset's folder. A failure leaves part of it there: the folder is the caller's to remove.
 * @returns the `data` of an experiment on it; SHA-256 of the source in hexadecimal and its bytes
 */
export async function keepSource(desk: DataDesk, path: string, options: ImportOptions, folder: string, signal: AbortSignal): Promise<Kept> {
  signal.throwIfAborted()
  const data = await desk.run((client, task) => dataSpecOf(path, options, () => client.preview(task, path, options)), { watch: true })
  return keepData(desk, path, data, folder, signal)
}

/** The same with what is read of it already known. @param data its source is replaced */
export async function keepData(desk: DataDesk, path: string, data: Experiment['data'], folder: string, signal: AbortSignal): Promise<Kept> {
  signal.throwIfAborted()
  if (data.kind === 'generated') return { data, hash: '', bytes: 0 }
  if (!storedKinds.has(data.kind)) {
    const { source, hash, bytes } = await copySource(path, folder, data.kind, signal, desk.telling('copying'))
    return { data: { ...data, source }, hash, bytes }
  }
  await makeFolder(join(folder, shardsFolder))
  const kept = { ...data, source: shardsFolder }
  const { source } = await desk.run((client, task) => client.store(task, kept, path, join(folder, shardsFolder)), { watch: true })
  return { data: kept, hash: source.sha256, bytes: source.bytes }
}
