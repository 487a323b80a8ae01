// The matrix product: C [m, n] = A [m, k] · B [k, n] (+ initial value), A row-major, B packed into panels of 8 columns.
//
// The inner kernel keeps a tile of 4 × 8 of C in eight vector registers: with two of B and four of A that is what the
// registers of x64 hold without spilling. It takes one step of k at a time: V8 loads all that a block of code needs at its
// start, so that a loop of several steps spills and is a third slower, with relaxed SIMD nearly by half. A panel's stretch
// of B stays in the first-level cache while the rows of A pass by; a block of rows of A stays in the second level while
// the panels pass by.

import { PANEL } from './pack'
import { edgeAt, zerosAt } from './scratch'
import { multiplyAdd } from './vector'

/** Steps of k at a time: 8 columns · 256 · 4 bytes = 8 KiB of B, within the smallest first-level caches. */
const DEPTH: usize = 256
/** Rows of A at a time: 128 · 256 · 4 bytes = 128 KiB. */
const ROWS: usize = 128

/**
 * A tile of 4 × 8: c = initial + a·b.
 * @param a0 … a3 four rows of A   @param b a panel   @param initial,initialRow   @param c,cRow where to; strides in bytes
 */
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

/** A tile with fewer than 4 rows or 8 columns: computed whole beside C, then the part that exists is copied. */
function edgeTile(
  rows: usize, columns: usize, k: usize, a: usize, aRow: usize, b: usize,
  initial: usize, initialRow: usize, c: usize, cRow: usize,
): void {
  const edge = edgeAt()
  for (let i: usize = 0; i < rows; i++) memory.copy(edge + (i << 5), initial + i * initialRow, columns << 2)
  // Rows that do not exist read the last one that does.
  const a1 = rows > 1 ? a + aRow : a
  const a2 = rows > 2 ? a1 + aRow : a1
  tile(k, a, a1, a2, rows > 3 ? a2 + aRow : a2, b, edge, 32, edge, 32)
  for (let i: usize = 0; i < rows; i++) memory.copy(c + i * cRow, edge + (i << 5), columns << 2)
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
      for (let j: usize = 0; j < n; j += width) {
        const panel = b + (j / PANEL) * panelBytes + (p << 5)
        width = rows == 1 && n - j >= 2 * PANEL ? 2 * PANEL : PANEL
        const columns = min<usize>(PANEL, n - j)
        for (let r: usize = 0; r < rows; r += 4) {
          const row = i + r
          const height = min<usize>(4, rows - r)
          const left = a + row * aRow + (p << 2)
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
          } else if (height == 4 && columns == PANEL) {
            tile(depth, left, left + aRow, left + 2 * aRow, left + 3 * aRow, panel, from, fromRow, to, cRow)
          } else {
            edgeTile(height, columns, depth, left, aRow, panel, from, fromRow, to, cRow)
          }
        }
      }
      if (k == 0) break
    }
  }
}
