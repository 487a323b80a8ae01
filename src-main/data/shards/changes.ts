import { loadSymbols } from '../text/store-text'
import { damaged } from './npy'
import { readManifest, type Manifest } from './manifest'

/** What a source read again holds that it didn't hold before, and the other way round. */
export interface SourceChanges {
  /** The bytes are the same: nothing else can have changed but how they were read. */
  same: boolean
  bytes: { before: number; after: number }
  /** Characters, words or bytes of a text; rows of a series. */
  length: { before: number; after: number }
  /** Columns of numbers of a series; symbols of a text. */
  appeared: string[]
  vanished: string[]
}

/**
 * What an import of a changed source would change, from the two stored datasets.
 * @param before, after folders of shards of one kind   @throws UnrollError `dataset.damaged`
 */
export async function changesBetween(before: string, after: string): Promise<SourceChanges> {
  const [old, now] = await Promise.all([manifestIn(before), manifestIn(after)])
  const [names, newNames] = await Promise.all([namesIn(before, old), namesIn(after, now)])
  const [known, found] = [new Set(names), new Set(newNames)]
  return {
    same: old.source.sha256 === now.source.sha256,
    bytes: { before: old.source.bytes, after: now.source.bytes },
    length: { before: lengthOf(old), after: lengthOf(now) },
    appeared: newNames.filter((name) => !known.has(name)),
    vanished: names.filter((name) => !found.has(name)),
  }
}

async function manifestIn(folder: string): Promise<Manifest> {
  const manifest = await readManifest(folder)
  if (manifest === null) throw damaged(folder)
  return manifest
}

const namesIn = async (folder: string, manifest: Manifest): Promise<string[]> =>
  (manifest.kind === 'series' ? manifest.columns : (await loadSymbols(folder)).filter(({ count }) => count > 0).map(({ symbol }) => symbol))

const lengthOf = (manifest: Manifest): number => (manifest.kind === 'series' ? manifest.values : manifest.tokens).shape[0]!
