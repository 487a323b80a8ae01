import type { Sheet } from '../../stores/inspector'
import type { ColourMap } from './colour-map'

/** Cells along each side of a tile. */
export const TILE = 256
/** Tiles kept: 64 of 256 × 256 cells take 16 MB. */
const KEPT = 64

/**
 * A matrix of states as pictures of 256 × 256 cells, one pixel a cell, painted when they come into view. Scrolling then
 * only copies pictures, however long the sequence is.
 */
export class HeatmapTiles {
  readonly #tiles = new Map<number, HTMLCanvasElement>()
  readonly #across: number

  constructor(readonly states: Sheet, readonly order: Uint32Array, readonly colours: ColourMap) {
    this.#across = Math.ceil(states.steps / TILE)
  }

  /** The tile at tile column and row; its picture is smaller at the matrix' edges. */
  get(column: number, row: number): HTMLCanvasElement {
    const key = row * this.#across + column
    const known = this.#tiles.get(key)
    if (known) {
      this.#tiles.delete(key)
      this.#tiles.set(key, known)
      return known
    }
    const tile = this.#paint(column, row)
    this.#tiles.set(key, tile)
    for (const oldest of this.#tiles.keys()) {
      if (this.#tiles.size <= KEPT) break
      this.#tiles.delete(oldest)
    }
    return tile
  }

  #paint(column: number, row: number): HTMLCanvasElement {
    const { states: { units, steps, hidden }, order, colours } = this
    const tile = document.createElement('canvas')
    tile.width = Math.min(TILE, steps - column * TILE)
    tile.height = Math.min(TILE, units - row * TILE)
    const context = tile.getContext('2d')
    if (!context) return tile
    const picture = context.createImageData(tile.width, tile.height)
    const words = new Uint32Array(picture.data.buffer)
    for (let x = 0; x < tile.width; x++) {
      const start = (column * TILE + x) * units
      for (let y = 0; y < tile.height; y++) words[y * tile.width + x] = colours.packed(hidden[start + order[row * TILE + y]!]!)
    }
    context.putImageData(picture, 0, 0)
    return tile
  }
}
