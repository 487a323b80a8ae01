// Sums, over rows and over squares, and the largest of a row.

import { addSquares, splatAt } from './vector'

/** Rows summed before they are added to the total, so that rounding errors grow with the number of blocks only. */
const BLOCK: usize = 64

/** sum[o] = Σ_r d[r, o] for `width` columns of d, whose rows lie `row` bytes apart. */
export function rowSum(rows: usize, width: usize, d: usize, row: usize, sum: usize): void {
  const bytes = width << 2
  memory.fill(sum, 0, bytes)
  for (let r: usize = 0; r < rows; r += BLOCK) {
    const block = d + r * row
    const end = block + min<usize>(BLOCK, rows - r) * row
    let o: usize = 0
    // A whole line of the cache at a time.
    for (; o + 64 <= bytes; o += 64) {
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
    for (; o + 16 <= bytes; o += 16) {
      let part = f32x4.splat(0)
      for (let at = block + o; at < end; at += row) part = f32x4.add(part, v128.load(at))
      v128.store(sum + o, f32x4.add(v128.load(sum + o), part))
    }
    for (; o < bytes; o += 4) {
      let part: f32 = 0
      for (let at = block + o; at < end; at += row) part += load<f32>(at)
      store<f32>(sum + o, load<f32>(sum + o) + part)
    }
  }
}

function squareSum(count: usize, x: usize): f64 {
  const end = x + (count << 2)
  let sums = f64x2.splat(0)
  for (; x + 16 <= end; x += 16) sums = addSquares(sums, v128.load(x))
  let total = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1)
  for (; x < end; x += 4) {
    const value: f64 = load<f32>(x)
    total += value * value
  }
  return total
}

/** sums[i] (float64) = Σ x² over the i-th `stretch` numbers; whoever takes which stretches, each sum is the same. */
export function squareSums(count: usize, stretch: usize, x: usize, sums: usize): void {
  for (let done: usize = 0; done < count; done += stretch, x += stretch << 2, sums += 8) {
    store<f64>(sums, squareSum(min(stretch, count - done), x))
  }
}

/** root (one float32) = √ Σ of `count` float64, in their order. */
export function rootOfSums(count: usize, sums: usize, root: usize): void {
  let total: f64 = 0
  for (let i: usize = 0; i < count; i++) total += load<f64>(sums + (i << 3))
  store<f32>(root, <f32>sqrt(total))
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

/** Largest element of a row; no matter which where it holds a NaN, which what is computed from the row then shows. */
export function rowMaximum(width: usize, row: usize): f32 {
  const end = row + (width << 2)
  // pmax is one instruction and max, which minds NaN and the sign of zero, eight.
  let largest = splatAt(row), other = largest
  for (; row + 32 <= end; row += 32) {
    largest = f32x4.pmax(largest, v128.load(row))
    other = f32x4.pmax(other, v128.load(row, 16))
  }
  for (; row < end; row += 4) largest = f32x4.pmax(largest, splatAt(row))
  largest = f32x4.pmax(largest, other)
  largest = f32x4.pmax(largest, v128.shuffle<f32>(largest, largest, 2, 3, 2, 3))
  return f32x4.extract_lane(f32x4.pmax(largest, v128.shuffle<f32>(largest, largest, 1, 1, 1, 1)), 0)
}
