// The matrix product: C [m, n] = A [m, k] · B [k, n] (+ initial value), A row-major, B packed into panels of 8 columns.
//
// The inner kernel keeps a tile of 6 × 8 of C in twelve vector registers: with two of B and one of A that is what x64 has.
// It takes one step of k at a time: V8 moves all loads of a block of code to its start, so that a loop of several steps
// spills and is far slower. A panel's stretch of B stays in the first-level cache while the rows of A pass by; a block of
// rows of A stays in the second level while the panels pass by. Each element of C is summed over k in order from its
// initial value, whatever tile it falls into: no result depends on how rows are shared.

import { DEPTH, ROWS, STAGED_ROW } from './blocks'
import { PANEL } from './pack'
import { edgeAt, stagedAt, zerosAt } from './scratch'
import { multiplyAdd } from './vector'

/**
 * A tile of 6 × 8: c = initial + a·b.
 * @param a,aRow six rows of A   @param b a panel   @param initial,initialRow   @param c,cRow where to; strides in bytes
 */
function tall(k: usize, a: usize, aRow: usize, b: usize, initial: usize, initialRow: usize, c: usize, cRow: usize): void {
  let c00 = v128.load(initial), c01 = v128.load(initial, 16)
  let row = initial + initialRow
  let c10 = v128.load(row), c11 = v128.load(row, 16)
  row += initialRow
  let c20 = v128.load(row), c21 = v128.load(row, 16)
  row += initialRow
  let c30 = v128.load(row), c31 = v128.load(row, 16)
  row += initialRow
  let c40 = v128.load(row), c41 = v128.load(row, 16)
  row += initialRow
  let c50 = v128.load(row), c51 = v128.load(row, 16)

  let a1 = a + aRow, a2 = a1 + aRow, a3 = a2 + aRow, a4 = a3 + aRow, a5 = a4 + aRow
  const end = a + (k << 2)
  while (a < end) {
    const b0 = v128.load(b), b1 = v128.load(b, 16)
    let value = v128.load32_splat(a)
    c00 = multiplyAdd(value, b0, c00); c01 = multiplyAdd(value, b1, c01)
    value = v128.load32_splat(a1)
    c10 = multiplyAdd(value, b0, c10); c11 = multiplyAdd(value, b1, c11)
    value = v128.load32_splat(a2)
    c20 = multiplyAdd(value, b0, c20); c21 = multiplyAdd(value, b1, c21)
    value = v128.load32_splat(a3)
    c30 = multiplyAdd(value, b0, c30); c31 = multiplyAdd(value, b1, c31)
    value = v128.load32_splat(a4)
    c40 = multiplyAdd(value, b0, c40); c41 = multiplyAdd(value, b1, c41)
    value = v128.load32_splat(a5)
    c50 = multiplyAdd(value, b0, c50); c51 = multiplyAdd(value, b1, c51)
    a += 4; a1 += 4; a2 += 4; a3 += 4; a4 += 4; a5 += 4; b += 32
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

/** A tile of 5 × 8; else as `tall`. */
function five(k: usize, a: usize, aRow: usize, b: usize, initial: usize, initialRow: usize, c: usize, cRow: usize): void {
  let c00 = v128.load(initial), c01 = v128.load(initial, 16)
  let row = initial + initialRow
  let c10 = v128.load(row), c11 = v128.load(row, 16)
  row += initialRow
  let c20 = v128.load(row), c21 = v128.load(row, 16)
  row += initialRow
  let c30 = v128.load(row), c31 = v128.load(row, 16)
  row += initialRow
  let c40 = v128.load(row), c41 = v128.load(row, 16)

  let a1 = a + aRow, a2 = a1 + aRow, a3 = a2 + aRow, a4 = a3 + aRow
  const end = a + (k << 2)
  while (a < end) {
    const b0 = v128.load(b), b1 = v128.load(b, 16)
    let value = v128.load32_splat(a)
    c00 = multiplyAdd(value, b0, c00); c01 = multiplyAdd(value, b1, c01)
    value = v128.load32_splat(a1)
    c10 = multiplyAdd(value, b0, c10); c11 = multiplyAdd(value, b1, c11)
    value = v128.load32_splat(a2)
    c20 = multiplyAdd(value, b0, c20); c21 = multiplyAdd(value, b1, c21)
    value = v128.load32_splat(a3)
    c30 = multiplyAdd(value, b0, c30); c31 = multiplyAdd(value, b1, c31)
    value = v128.load32_splat(a4)
    c40 = multiplyAdd(value, b0, c40); c41 = multiplyAdd(value, b1, c41)
    a += 4; a1 += 4; a2 += 4; a3 += 4; a4 += 4; b += 32
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
}

/** A tile of 4 × 8, of the four rows of A at a0 … a3. */
function tile(
  k: usize, a0: usize, a1: usize, a2: usize, a3: usize, b: usize,
  initial: usize, initialRow: usize, c: usize, cRow: usize,
): void {
  let c00 = v128.load(initial), c01 = v128.load(initial, 16)
  let row = initial + initialRow
  let c10 = v128.load(row), c11 = v128.load(row, 16)
  row += initialRow
  let c20 = v128.load(row), c21 = v128.load(row, 16)
  row += initialRow
  let c30 = v128.load(row), c31 = v128.load(row, 16)

  const end = a0 + (k << 2)
  while (a0 < end) {
    const b0 = v128.load(b), b1 = v128.load(b, 16)
    let a = v128.load32_splat(a0)
    c00 = multiplyAdd(a, b0, c00); c01 = multiplyAdd(a, b1, c01)
    a = v128.load32_splat(a1)
    c10 = multiplyAdd(a, b0, c10); c11 = multiplyAdd(a, b1, c11)
    a = v128.load32_splat(a2)
    c20 = multiplyAdd(a, b0, c20); c21 = multiplyAdd(a, b1, c21)
    a = v128.load32_splat(a3)
    c30 = multiplyAdd(a, b0, c30); c31 = multiplyAdd(a, b1, c31)
    a0 += 4; a1 += 4; a2 += 4; a3 += 4; b += 32
  }

  v128.store(c, c00); v128.store(c, c01, 16)
  c += cRow
  v128.store(c, c10); v128.store(c, c11, 16)
  c += cRow
  v128.store(c, c20); v128.store(c, c21, 16)
  c += cRow
  v128.store(c, c30); v128.store(c, c31, 16)
}

/**
 * A single row against two panels, as when one sequence is followed or text is generated: c[16] = initial[16] + a·b.
 * One step of k after the other, as in a tile: what a row becomes doesn't depend on the rows beside it.
 */
function rowTile(k: usize, a: usize, b: usize, panelBytes: usize, initial: usize, c: usize): void {
  let c0 = v128.load(initial), c1 = v128.load(initial, 16), c2 = v128.load(initial, 32), c3 = v128.load(initial, 48)
  let next = b + panelBytes
  const end = a + (k << 2)
  for (; a < end; a += 4, b += 32, next += 32) {
    const value = v128.load32_splat(a)
    c0 = multiplyAdd(value, v128.load(b), c0); c1 = multiplyAdd(value, v128.load(b, 16), c1)
    c2 = multiplyAdd(value, v128.load(next), c2); c3 = multiplyAdd(value, v128.load(next, 16), c3)
  }
  v128.store(c, c0); v128.store(c, c1, 16); v128.store(c, c2, 32); v128.store(c, c3, 48)
}

/** A tile with fewer than 4 rows, or fewer than 8 columns: computed whole beside C, then the part that exists is copied. */
function edgeTile(
  rows: usize, columns: usize, k: usize, a: usize, aRow: usize, b: usize,
  initial: usize, initialRow: usize, c: usize, cRow: usize,
): void {
  const edge = edgeAt()
  for (let i: usize = 0; i < rows; i++) memory.copy(edge + (i << 5), initial + i * initialRow, columns << 2)
  // Rows that do not exist read the last one that does.
  const a1 = rows > 1 ? a + aRow : a
  const a2 = rows > 2 ? a1 + aRow : a1
  // Called from two places each, so that none of these is inlined: with the registers of its surroundings a tile spills.
  if (rows > 5) tall(k, a, aRow, b, edge, 32, edge, 32)
  else if (rows == 5) five(k, a, aRow, b, edge, 32, edge, 32)
  else tile(k, a, a1, a2, rows > 3 ? a2 + aRow : a2, b, edge, 32, edge, 32)
  for (let i: usize = 0; i < rows; i++) memory.copy(c + i * cRow, edge + (i << 5), columns << 2)
}

/** The most rows of a tile. Without relaxed SIMD a product needs a register of its own before it is added. */
const TALLEST: usize = ASC_FEATURE_RELAXED_SIMD ? 6 : 4

/** Rows of the next tile, of those that are left: tiles as even as can be, since small ones are slow (16 rows: 6, 5, 5). */
// @ts-ignore: decorator
@inline
function tileHeight(left: usize): usize {
  const tiles = (left + TALLEST - 1) / TALLEST
  return (left + tiles - 1) / tiles
}

/** Copies `depth` columns of some rows: where rows lie a power of two apart they meet in the same few lines of the first-level cache. */
function stage(rows: usize, depth: usize, from: usize, row: usize): void {
  const bytes = depth << 2, whole = bytes & ~15
  let to = stagedAt()
  for (let r: usize = 0; r < rows; r++, from += row, to += STAGED_ROW) {
    let at: usize = 0
    for (; at < whole; at += 16) v128.store(to + at, v128.load(from + at))
    for (; at < bytes; at += 4) store<f32>(to + at, load<f32>(from + at))
  }
}

/**
 * C [m, n] = initial + A [m, k] · B [k, n]. Row strides in bytes.
 * @param b          packed: ⌈n/8⌉ panels, `panelBytes` apart, each k × 8
 * @param initial    0: zero; else the address of a matrix [m, n], or with initialRow = 0 of one row [n] for all rows;
 *                   may be C itself
 */
export function product(
  m: usize, n: usize, k: usize, a: usize, aRow: usize, b: usize, panelBytes: usize,
  initial: usize, initialRow: usize, c: usize, cRow: usize,
): void {
  let rows: usize = 0, depth: usize = 0
  for (let i: usize = 0; i < m; i += rows) {
    rows = min<usize>(ROWS, m - i)
    for (let p: usize = 0; p < k || p == 0; p += depth) {
      depth = min<usize>(DEPTH, k - p)
      let width = PANEL
      let block = a + i * aRow + (p << 2), blockRow = aRow
      if (rows > TALLEST && n > 8 * PANEL && aRow % 1024 == 0 && depth << 2 < aRow) {
        stage(rows, depth, block, aRow)
        block = stagedAt()
        blockRow = STAGED_ROW
      }
      for (let j: usize = 0; j < n; j += width) {
        const panel = b + (j / PANEL) * panelBytes + (p << 5)
        width = rows == 1 && n - j >= 2 * PANEL ? 2 * PANEL : PANEL
        const columns = min<usize>(PANEL, n - j)
        let height: usize = 0
        for (let r: usize = 0; r < rows; r += height) {
          const row = i + r
          height = tileHeight(rows - r)
          const left = block + r * blockRow
          const to = c + row * cRow + (j << 2)
          let from = zerosAt(), fromRow: usize = 0
          if (p > 0) {
            from = to
            fromRow = cRow
          } else if (initial != 0) {
            from = initial + row * initialRow + (j << 2)
            fromRow = initialRow
          }
          if (width > PANEL) {
            rowTile(depth, left, panel, panelBytes, from, to)
          } else if (columns < PANEL) {
            edgeTile(height, columns, depth, left, blockRow, panel, from, fromRow, to, cRow)
          } else if (height == 6) {
            tall(depth, left, blockRow, panel, from, fromRow, to, cRow)
          } else if (height == 5) {
            five(depth, left, blockRow, panel, from, fromRow, to, cRow)
          } else if (height == 4) {
            tile(depth, left, left + blockRow, left + 2 * blockRow, left + 3 * blockRow, panel, from, fromRow, to, cRow)
          } else {
            edgeTile(height, columns, depth, left, blockRow, panel, from, fromRow, to, cRow)
          }
        }
      }
      if (k == 0) break
    }
  }
}

/**
 * The product of some rows of every time step; where nothing else is said as `product`, from the first step on.
 * @param aStep,initialStep,cStep bytes from one time step to the next
 */
export function productOfSteps(
  steps: usize, aStep: usize, initialStep: usize, cStep: usize,
  m: usize, n: usize, k: usize, a: usize, aRow: usize, b: usize, panelBytes: usize, initial: usize, initialRow: usize, c: usize, cRow: usize,
): void {
  for (let t: usize = 0; t < steps; t++, a += aStep, initial += initialStep, c += cStep) product(m, n, k, a, aRow, b, panelBytes, initial, initialRow, c, cRow)
}
