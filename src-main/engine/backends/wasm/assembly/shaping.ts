// Rows copied from place to place, and products element by element.

import { loadPart, storePart } from './vector'

// @ts-ignore: decorator
@inline
function copyRow(bytes: usize, from: usize, to: usize): void {
  let x: usize = 0
  for (; x + 16 <= bytes; x += 16) v128.store(to + x, v128.load(from + x))
  for (; x < bytes; x += 4) store<f32>(to + x, load<f32>(from + x))
}

/** Copies `rows` rows of `width` numbers; strides in bytes from row to row. */
export function copyRows(rows: usize, width: usize, from: usize, fromRow: usize, to: usize, toRow: usize): void {
  const bytes = width << 2
  for (let r: usize = 0; r < rows; r++, from += fromRow, to += toRow) copyRow(bytes, from, to)
}

/** Zeroes `rows` rows of `width` numbers; stride in bytes from row to row. */
export function clearRows(rows: usize, width: usize, at: usize, row: usize): void {
  for (let r: usize = 0; r < rows; r++, at += row) memory.fill(at, 0, width << 2)
}

/** y[r, :] = table[token_r, :]; zero for an id outside the vocabulary, which padding may hold. */
export function lookUp(count: usize, width: usize, vocabulary: u32, tokens: usize, table: usize, y: usize): void {
  const bytes = width << 2
  for (let r: usize = 0; r < count; r++, tokens += 4, y += bytes) {
    const id = load<u32>(tokens)
    if (id < vocabulary) copyRow(bytes, table + <usize>id * bytes, y)
    else memory.fill(y, 0, bytes)
  }
}

/** product[i] = a[i] · b[i]. */
export function multiply(count: usize, a: usize, b: usize, product: usize): void {
  const end = a + (count << 2)
  while (a < end) {
    const whole = a + 16 <= end
    storePart(product, f32x4.mul(loadPart(a, whole), loadPart(b, whole)), whole)
    const advance: usize = whole ? 16 : 4
    a += advance; b += advance; product += advance
  }
}
