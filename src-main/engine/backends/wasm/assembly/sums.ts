// Sums, over rows and over squares, and the largest of a row.

import { addSquares, splatAt } from './vector'

/** Rows summed before they are added to the total, so that rounding errors grow with the number of blocks only. */
const BLOCK: usize = 64

/** sum[o] (+)= Σ_r d[r, o]. @param d [rows, width], contiguous */
export function rowSum(rows: usize, width: usize, d: usize, sum: usize, accumulate: bool): void {
  const row = width << 2
  if (!accumulate) memory.fill(sum, 0, row)
  for (let r: usize = 0; r < rows; r += BLOCK) {
    const block = d + r * row
    const end = block + min<usize>(BLOCK, rows - r) * row
    let o: usize = 0
    // A whole line of the cache at a time.
    for (; o + 64 <= row; o += 64) {
      let part0 = f32x4.splat(0), part1 = part0, part2 = part0, part3 = part0
      for (let at = block + o; at < end; at += row) {
        part0 = f32x4.add(part0, v128.load(at))
        part1 = f32x4.add(part1, v128.load(at, 16))
        part2 = f32x4.add(part2, v128.load(at, 32))
        part3 = f32x4.add(part3, v128.load(at, 48))
      }
      const to = sum + o
      v128.store(to, f32x4.add(v128.load(to), part0))
      v128.store(to, f32x4.add(v128.load(to, 16), part1), 16)
      v128.store(to, f32x4.add(v128.load(to, 32), part2), 32)
      v128.store(to, f32x4.add(v128.load(to, 48), part3), 48)
    }
    for (; o + 16 <= row; o += 16) {
      let part = f32x4.splat(0)
      for (let at = block + o; at < end; at += row) part = f32x4.add(part, v128.load(at))
      v128.store(sum + o, f32x4.add(v128.load(sum + o), part))
    }
    for (; o < row; o += 4) {
      let part: f32 = 0
      for (let at = block + o; at < end; at += row) part += load<f32>(at)
      store<f32>(sum + o, load<f32>(sum + o) + part)
    }
  }
}

/** sum (one float64) += Σ x². */
export function squareSum(count: usize, x: usize, sum: usize): void {
  const end = x + (count << 2)
  let sums = f64x2.splat(0)
  for (; x + 16 <= end; x += 16) sums = addSquares(sums, v128.load(x))
  let total = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1)
  for (; x < end; x += 4) {
    const value: f64 = load<f32>(x)
    total += value * value
  }
  store<f64>(sum, load<f64>(sum) + total)
}

/** root (one float32) = √sum. */
export function squareRoot(sum: usize, root: usize): void {
  store<f32>(root, <f32>sqrt(load<f64>(sum)))
}

/** clip / (norm + 1e-6) when below 1, else 1; NaN where the norm is none. */
export function clipFactor(norm: usize, clip: f64, factor: usize): void {
  const ratio = clip / (<f64>load<f32>(norm) + 1e-6)
  store<f32>(factor, ratio >= 1 ? 1 : <f32>ratio)
}

/** sum[i] = a[i] + b[i]. */
export function add(count: usize, a: usize, b: usize, sum: usize): void {
  const end = a + (count << 2)
  for (; a + 16 <= end; a += 16, b += 16, sum += 16) v128.store(sum, f32x4.add(v128.load(a), v128.load(b)))
  for (; a < end; a += 4, b += 4, sum += 4) store<f32>(sum, load<f32>(a) + load<f32>(b))
}

/** Largest element of a row; NaN when it holds one. */
export function rowMaximum(width: usize, row: usize): f32 {
  const end = row + (width << 2)
  let largest = splatAt(row)
  for (; row + 16 <= end; row += 16) largest = f32x4.max(largest, v128.load(row))
  for (; row < end; row += 4) largest = f32x4.max(largest, splatAt(row))
  return max(
    max(f32x4.extract_lane(largest, 0), f32x4.extract_lane(largest, 1)),
    max(f32x4.extract_lane(largest, 2), f32x4.extract_lane(largest, 3)),
  )
}
