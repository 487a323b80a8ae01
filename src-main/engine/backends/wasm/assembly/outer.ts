// Sums of outer products, C [m, n] = Σ_r D[r, :]ᵀ X[r, :]: what the gradients of weights are.
//
// Both D and X are packed as they lie, D in panels of 6 columns, X in panels of 8, so that the inner kernel walks through
// either one word after the other; nothing is transposed. For its shape see product.ts.

import { DEPTH, ROWS } from './blocks'
import { PANEL, packRows } from './pack'
import { edgeAt } from './scratch'
import { multiplyAdd } from './vector'

/** Columns of one panel of D. */
const TILE: usize = 6
/** From panel to panel. A line more than it holds: panels a power of two apart would meet in the same few lines of the cache. */
const D_PANEL: usize = DEPTH * TILE * 4 + 64
const X_PANEL: usize = DEPTH * PANEL * 4 + 64

/** Packs D [depth, m] into ⌈m/6⌉ panels of depth × 6; what lies beyond m in the last is left as it is, and only reaches what is dropped. */
function packTiles(depth: usize, m: usize, source: usize, row: usize, target: usize): void {
  const whole = m / TILE * TILE
  for (let r: usize = 0; r < depth; r++) {
    let from = source + r * row
    let to = target + r * (TILE << 2)
    for (let i: usize = 0; i < whole; i += TILE, from += TILE << 2, to += D_PANEL) {
      v128.store(to, v128.load(from))
      store<u64>(to, load<u64>(from, 16), 16)
    }
    for (let i = whole; i < m; i++, from += 4, to += 4) store<f32>(to, load<f32>(from))
  }
}

/** A tile of 6 × 8: c = initial + Σ_r a[r, :]ᵀ b[r, :]. @param initial 0: zero   @param a,b a panel of D and one of X */
function tile(depth: usize, a: usize, b: usize, initial: usize, initialRow: usize, c: usize, cRow: usize): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00, c40 = c00, c41 = c00, c50 = c00, c51 = c00
  if (initial) {
    c00 = v128.load(initial); c01 = v128.load(initial, 16)
    initial += initialRow
    c10 = v128.load(initial); c11 = v128.load(initial, 16)
    initial += initialRow
    c20 = v128.load(initial); c21 = v128.load(initial, 16)
    initial += initialRow
    c30 = v128.load(initial); c31 = v128.load(initial, 16)
    initial += initialRow
    c40 = v128.load(initial); c41 = v128.load(initial, 16)
    initial += initialRow
    c50 = v128.load(initial); c51 = v128.load(initial, 16)
  }
  const end = a + depth * (TILE << 2)
  while (a < end) {
    const b0 = v128.load(b), b1 = v128.load(b, 16)
    let value = v128.load32_splat(a)
    c00 = multiplyAdd(value, b0, c00); c01 = multiplyAdd(value, b1, c01)
    value = v128.load32_splat(a, 4)
    c10 = multiplyAdd(value, b0, c10); c11 = multiplyAdd(value, b1, c11)
    value = v128.load32_splat(a, 8)
    c20 = multiplyAdd(value, b0, c20); c21 = multiplyAdd(value, b1, c21)
    value = v128.load32_splat(a, 12)
    c30 = multiplyAdd(value, b0, c30); c31 = multiplyAdd(value, b1, c31)
    value = v128.load32_splat(a, 16)
    c40 = multiplyAdd(value, b0, c40); c41 = multiplyAdd(value, b1, c41)
    value = v128.load32_splat(a, 20)
    c50 = multiplyAdd(value, b0, c50); c51 = multiplyAdd(value, b1, c51)
    a += TILE << 2; b += 32
  }
  v128.store(c, c00); v128.store(c, c01, 16)
  c += cRow
  v128.store(c, c10); v128.store(c, c11, 16)
  c += cRow
  v128.store(c, c20); v128.store(c, c21, 16)
  c += cRow
  v128.store(c, c30); v128.store(c, c31, 16)
  c += cRow
  v128.store(c, c40); v128.store(c, c41, 16)
  c += cRow
  v128.store(c, c50); v128.store(c, c51, 16)
}

/** A tile with fewer than 6 rows or 8 columns: computed whole beside C, then the part that exists is copied. */
function edgeTile(rows: usize, columns: usize, depth: usize, a: usize, b: usize, accumulate: bool, c: usize, cRow: usize): void {
  const edge = edgeAt()
  if (accumulate) for (let i: usize = 0; i < rows; i++) memory.copy(edge + (i << 5), c + i * cRow, columns << 2)
  tile(depth, a, b, accumulate ? edge : 0, 32, edge, 32)
  for (let i: usize = 0; i < rows; i++) memory.copy(c + i * cRow, edge + (i << 5), columns << 2)
}

/** Rows that `outerProduct` takes at a time: cut there, a sum is the same. */
export function outerDepth(): usize {
  return DEPTH
}

/** Bytes of its workspace. */
export function outerWorkspace(m: usize, n: usize): usize {
  return (m + TILE - 1) / TILE * D_PANEL + (n + PANEL - 1) / PANEL * X_PANEL
}

/**
 * C [m, n] (+)= Σ_r D[r, :]ᵀ X[r, :] for any number of rows, their strides in bytes.
 * @param accumulate whether C holds a value to add to
 */
export function outerProduct(
  rows: usize, m: usize, n: usize, d: usize, dRow: usize, x: usize, xRow: usize,
  c: usize, cRow: usize, accumulate: bool, workspace: usize,
): void {
  const packed = workspace + (m + TILE - 1) / TILE * D_PANEL
  let depth: usize = 0
  for (let r: usize = 0; r < rows; r += depth, accumulate = true) {
    depth = min<usize>(DEPTH, rows - r)
    packTiles(depth, m, d + r * dRow, dRow, workspace)
    packRows(depth, n, x + r * xRow, xRow, packed, X_PANEL)
    for (let block: usize = 0; block < m; block += ROWS) {
      const end = min<usize>(block + ROWS, m)
      for (let j: usize = 0; j < n; j += PANEL) {
        const columns = min<usize>(PANEL, n - j)
        const right = packed + j / PANEL * X_PANEL
        for (let i = block; i < end; i += TILE) {
          const left = workspace + i / TILE * D_PANEL
          const to = c + i * cRow + (j << 2)
          const height = min<usize>(TILE, m - i)
          if (height == TILE && columns == PANEL) tile(depth, left, right, accumulate ? to : 0, cRow, to, cRow)
          else edgeTile(height, columns, depth, left, right, accumulate, to, cRow)
        }
      }
    }
  }
}
