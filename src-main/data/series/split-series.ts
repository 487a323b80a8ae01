import { basename } from 'node:path'
import { UnrollError } from '@shared/errors'
import type { ReadOptions } from '../prepared-dataset'
import { readManifest } from '../shards/manifest'
import { withGap, type GappedBounds } from '../split'
import { readSeries, type Series, type SeriesSpec } from './read-series'
import { repairSteps, type RepairLog, type Repaired } from './repair'
import { byKey, splitEach } from './several'
import { loadSeries } from './store-series'

/** The series of a table, their steps of time repaired, and where each is split; cells may still be missing. */
export interface SplitSeries {
  each: (Repaired & { name: string | null })[]
  bounds: GappedBounds[]
}

/** @throws UnrollError as reading and repairing them */
export async function splitSeries(spec: SeriesSpec, path: string, seed: number, options: ReadOptions = {}, log?: RepairLog): Promise<SplitSeries> {
  const each = byKey(await seriesAt(path, spec, options)).map(({ name, series }) => ({ name, ...repairSteps(series, spec, path, log && ((kind, row) => log(kind, { ...row, series: name }))) }))
  return { each, bounds: splitEach(each, spec, seed).map((found) => withGap(found, spec.gap)) }
}

async function seriesAt(path: string, spec: SeriesSpec, options: ReadOptions): Promise<Series> {
  const manifest = await readManifest(path)
  if (manifest === null) return readSeries(path, spec, options)
  if (manifest.kind !== 'series') throw new UnrollError('dataset.kind', `${basename(path)} holds a stored ${manifest.kind}, not a series.`, { hint: `Set data.kind to "${manifest.kind}".`, where: { parameter: 'data.kind' } })
  return loadSeries(path, manifest, spec, options)
}
