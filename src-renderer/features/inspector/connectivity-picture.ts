import type { Connectivity } from '../../stores/memory'
import { themeColourMap } from './colour-map'
import { heatmapPicture } from './heatmap-picture'
import type { Picture } from './picture'

/** Inputs by outputs as a picture and as numbers: row s, column t. */
export function connectivityPicture(found: Connectivity, labels: readonly string[], name: string, textual: boolean): Picture {
  const { from, to, matrix, measure } = found
  const count = to - from
  const limit = matrix.reduce((most, value) => Math.max(most, Math.abs(value) || 0), 0) || 1
  const own = labels.slice(from, to)
  const sheet = { runId: '', step: 0, units: count, steps: count, labels: own, hidden: matrix, surprise: null, tensor: measure, names: own }
  return heatmapPicture(sheet, Uint32Array.from({ length: count }, (_, at) => at), themeColourMap(document.documentElement, limit), name, textual)
}
