import type { SourceChanges } from '@shared/rpc/schemas'
import type { ReadOptions } from '../prepared-dataset'
import { damaged } from '../shards/npy'
import { readManifest } from '../shards/manifest'
import { loadText } from '../text/store-text'
import { appearedIn } from './row-changes'

/** Symbols of either text that are shown where they begin to differ. */
const shown = 80

/** Where a text read again differs: what stays at its start and end, and what stands between. */
export async function textChanges(before: string, after: string, options: ReadOptions = {}): Promise<Omit<SourceChanges, 'same' | 'bytes'>> {
  const [old, now] = [await textIn(before, options), await textIn(after, options)]
  const [a, b] = [old.ids, now.ids]
  // The same symbol may have another number; one that is new has none.
  const numbers = new Map(old.symbols.map(({ symbol }, id) => [symbol, id]))
  const same = Int32Array.from(now.symbols, ({ symbol }) => numbers.get(symbol) ?? -1)
  const most = Math.min(a.length, b.length)
  let start = 0
  while (start < most && a[start] === same[b[start]!]) start++
  let end = 0
  while (end < most - start && a[a.length - 1 - end] === same[b[b.length - 1 - end]!]) end++
  const between = ({ ids, symbols }: typeof old) => Array.from(ids.subarray(start, Math.min(ids.length - end, start + shown)), (id) => symbols[id]!.symbol).join('')
  const named = ({ symbols }: typeof old) => symbols.filter(({ count }) => count > 0).map(({ symbol }) => symbol)
  return {
    length: { before: a.length, after: b.length }, unit: old.unit, named: 'symbols', ...appearedIn(named(old), named(now)),
    types: [], rows: null, stretch: { start, end, before: between(old), after: between(now) },
  }
}

async function textIn(folder: string, options: ReadOptions) {
  const manifest = await readManifest(folder)
  if (manifest?.kind !== 'text') throw damaged(folder)
  return { ...await loadText(folder, manifest, options), unit: { char: 'characters', word: 'words', byte: 'bytes' }[manifest.read.unit] }
}
