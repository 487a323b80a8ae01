// Rearranging matrices: into the panels that the matrix product reads, and transposed.

/** Columns of one panel of a packed matrix. */
export const PANEL: usize = 8

// @ts-ignore: decorator
@inline
function transpose4(
  source: usize, sourceRow: usize, target: usize, targetRow: usize,
): void {
  const r0 = v128.load(source)
  const r1 = v128.load(source + sourceRow)
  const r2 = v128.load(source + 2 * sourceRow)
  const r3 = v128.load(source + 3 * sourceRow)
  const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5)
  const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7)
  const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5)
  const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7)
  v128.store(target, v128.shuffle<f64>(low01, low23, 0, 2))
  v128.store(target + targetRow, v128.shuffle<f64>(low01, low23, 1, 3))
  v128.store(target + 2 * targetRow, v128.shuffle<f64>(high01, high23, 0, 2))
  v128.store(target + 3 * targetRow, v128.shuffle<f64>(high01, high23, 1, 3))
}

/** target[column, row] = source[row, column]; strides in bytes from row to row. */
export function transpose(rows: usize, columns: usize, source: usize, sourceRow: usize, target: usize, targetRow: usize): void {
  const evenRows = rows & ~3
  const evenColumns = columns & ~3
  for (let row: usize = 0; row < evenRows; row += 4) {
    const from = source + row * sourceRow
    const to = target + (row << 2)
    for (let column: usize = 0; column < evenColumns; column += 4) {
      transpose4(from + (column << 2), sourceRow, to + column * targetRow, targetRow)
    }
    for (let column = evenColumns; column < columns; column++) {
      for (let i: usize = 0; i < 4; i++) {
        store<f32>(to + column * targetRow + (i << 2), load<f32>(from + i * sourceRow + (column << 2)))
      }
    }
  }
  for (let row = evenRows; row < rows; row++) {
    for (let column: usize = 0; column < columns; column++) {
      store<f32>(target + column * targetRow + (row << 2), load<f32>(source + row * sourceRow + (column << 2)))
    }
  }
}

/**
 * Packs B [k, n], rows `row` bytes apart, into ⌈n/8⌉ panels of k × 8, zero beyond n.
 * @param panelBytes from one panel's start to the next one's; at least k·32
 */
export function packRows(k: usize, n: usize, source: usize, row: usize, target: usize, panelBytes: usize): void {
  const whole = n & ~(PANEL - 1)
  // Row by row, so that each row of the source is read through once.
  for (let i: usize = 0; i < k; i++) {
    let from = source + i * row
    let to = target + (i << 5)
    for (let j: usize = 0; j < whole; j += PANEL) {
      v128.store(to, v128.load(from))
      v128.store(to, v128.load(from, 16), 16)
      from += 32
      to += panelBytes
    }
    for (let j: usize = 0; j < PANEL && whole < n; j++) {
      store<f32>(to + (j << 2), whole + j < n ? load<f32>(from + (j << 2)) : 0)
    }
  }
}

/** Packs B = Wᵀ from W [n, k], rows `row` bytes apart, as `packRows` packs B. */
export function packColumns(k: usize, n: usize, source: usize, row: usize, target: usize, panelBytes: usize): void {
  for (let j: usize = 0; j < n; j += PANEL) {
    const columns = n - j < PANEL ? n - j : PANEL
    const panel = target + (j / PANEL) * panelBytes
    const from = source + j * row
    if (columns < PANEL) memory.fill(panel, 0, k << 5)
    transpose(columns, k, from, row, panel, 32)
  }
}
