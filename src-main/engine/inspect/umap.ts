import { UMAP } from 'umap-js'
import { Random } from '../random'
import { principalComponents } from './pca'
import type { Work } from './work'

export interface UmapOptions { components: number; neighbours: number; minDist: number; seed: number }

/** Directions that go in: neighbours among states are the same after the ones that hardly vary are left out. */
const directions = 30
const stream = 0xa9

/**
 * Points in two or three dimensions whose neighbours are those of the states; the same for the same seed. Only nearness means
 * anything in it, neither distances nor axes.
 * @param rows [count, width]
 * @returns [count, components]
 * @see McInnes, Healy & Melville 2018; computed by umap-js
 */
export async function umap(rows: Float32Array, width: number, { components, neighbours, minDist, seed }: UmapOptions, work: Work): Promise<Float32Array> {
  const reduced = width > directions ? principalComponents(rows, width, directions).points : rows
  const own = Math.min(width, directions)
  const count = rows.length / width
  const random = new Random(seed, stream)
  const map = new UMAP({ nComponents: components, nNeighbors: Math.max(2, Math.min(neighbours, count - 1)), minDist, random: () => random.uniform() })
  const points = Array.from({ length: count }, (_, row) => Array.from(reduced.subarray(row * own, (row + 1) * own)))
  const epochs = map.initializeFit(points)
  for (let epoch = 0; epoch < epochs; epoch++) {
    map.step()
    await work.step(epoch + 1, epochs)
  }
  const found = new Float32Array(count * components)
  for (const [row, point] of map.getEmbedding().entries()) found.set(point, row * components)
  return found
}
