import { UnrollError } from '@shared/errors'
import type { DataSpec } from '@shared/experiment/schema'
import type { ReadOptions } from './prepared-dataset'
import { storeSeries } from './series/store-series'
import { writeManifest, type Manifest } from './shards/manifest'
import { storeText } from './text/store-text'

/**
 * Stores a dataset's source once, as memory-mappable typed shards with the source's hash: what training, inspection and
 * baselines read instead of the source. Memory doesn't grow with the source.
 * @param folder exists and is empty; after a failure or a cancel it is the caller's to remove
 * @throws UnrollError as reading the source, `file.unwritable`, `file.changed`, `import.cancelled`
 */
export async function store(data: DataSpec, path: string, folder: string, options: ReadOptions = {}): Promise<Manifest> {
  const manifest = await stored(data, path, folder, options)
  await writeManifest(folder, manifest)
  return manifest
}

async function stored(data: DataSpec, path: string, folder: string, options: ReadOptions): Promise<Manifest> {
  switch (data.kind) {
    case 'text': return storeText(path, data, folder, options)
    case 'series': return storeSeries(path, data, folder, options)
    default: throw new UnrollError('dataset.kind', `Data of kind ${data.kind} isn't stored as shards.`)
  }
}
