// Cross-entropy. Its sums run in double precision: of each time step two float64 in `sums`, the loss and the score.

import { rowMaximum } from './sums'
import { addLanes, exp4, laneSum, splatAt, storeFirst } from './vector'

/** e[i] = exp(row[i] − largest); their sum. */
function rowExponentials(width: usize, row: usize, largest: f32, e: usize): f64 {
  const end = row + (width << 2)
  const shift = f32x4.splat(largest)
  let sums = f64x2.splat(0)
  for (; row + 16 <= end; row += 16, e += 16) {
    const value = exp4(f32x4.sub(v128.load(row), shift))
    v128.store(e, value)
    sums = addLanes(sums, value)
  }
  let sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1)
  for (; row < end; row += 4, e += 4) {
    const value = exp4(f32x4.sub(splatAt(row), shift))
    storeFirst(e, value)
    sum += f32x4.extract_lane(value, 0)
  }
  return sum
}

/** Whether no element before `target` is as large as row[target], which is the row's largest. */
function isFirstLargest(row: usize, target: usize, largest: f32): bool {
  if (load<f32>(row + (target << 2)) != largest) return false
  for (let i: usize = 0; i < target; i++) if (load<f32>(row + (i << 2)) == largest) return false
  return true
}

/** Σ_k w_k, or how many classes there are where none has a weight. */
function weightSum(width: usize, weights: usize): f64 {
  if (!weights) return <f64>width
  let sum: f64 = 0
  for (let k: usize = 0; k < width; k++) sum += <f64>load<f32>(weights + (k << 2))
  return sum
}

/** Σ_k w_k (largest − row[k]); a class that weighs nothing adds nothing. */
function weightedFall(width: usize, row: usize, largest: f32, weights: usize): f64 {
  const end = row + (width << 2)
  const top = f32x4.splat(largest), none = f32x4.splat(0)
  let sum: f64 = 0
  if (!weights) {
    for (; row + 16 <= end; row += 16) sum += laneSum(f32x4.sub(top, v128.load(row)))
    for (; row < end; row += 4) sum += <f64>(largest - load<f32>(row))
    return sum
  }
  for (; row + 16 <= end; row += 16, weights += 16) {
    const w = v128.load(weights)
    sum += laneSum(v128.and(f32x4.mul(w, f32x4.sub(top, v128.load(row))), f32x4.ne(w, none)))
  }
  for (; row < end; row += 4, weights += 4) {
    const w = load<f32>(weights)
    if (w != 0) sum += <f64>(w * (largest - load<f32>(row)))
  }
  return sum
}

/** row[k] −= by · w_k. */
function subtractWeights(width: usize, row: usize, by: f32, weights: usize): void {
  const end = row + (width << 2)
  const by4 = f32x4.splat(by)
  for (; row + 16 <= end; row += 16) {
    const share = weights ? f32x4.mul(by4, v128.load(weights)) : by4
    v128.store(row, f32x4.sub(v128.load(row), share))
    if (weights) weights += 16
  }
  for (; row < end; row += 4) {
    store<f32>(row, load<f32>(row) - (weights ? by * load<f32>(weights) : by))
    if (weights) weights += 4
  }
}

/**
 * Σ_k s_k (−log softmax(logits)_k) with shares s_k = ε/C · w_k, and (1 − ε) w_k more for the target; its gradient
 * (softmax · Σ s − s) · scale; and how often the target has the largest logit (the first of equals).
 * A valid step whose target is no class makes the loss NaN.
 * @param first,steps which time steps   @param row,rows which rows of the batch of each
 * @param logits,gradient [steps, batch, width] from the first of the steps on; so targets and sums   @param scale one float32
 * @param smoothing ε   @param weights w, [width]; 0: every class weighs 1
 */
export function crossEntropy(
  first: i32, steps: i32, batch: usize, row: usize, rows: usize, width: usize,
  logits: usize, targets: usize, lengths: usize, scale: usize, gradient: usize, sums: usize,
  smoothing: f64, weights: usize,
): void {
  const bytes = width << 2
  const factor: f64 = load<f32>(scale)
  const each = smoothing / <f64>width
  const all = smoothing > 0 ? weightSum(width, weights) : 0
  const skipped = batch - rows
  logits += row * bytes; gradient += row * bytes; targets += row << 2; sums += row << 4
  for (let t = first; t < first + steps; t++, logits += skipped * bytes, gradient += skipped * bytes, targets += skipped << 2, sums += skipped << 4) {
    for (let b = row; b < row + rows; b++, logits += bytes, gradient += bytes, targets += 4, sums += 16) {
      let loss: f64 = 0
      store<f64>(sums, 0)
      store<f64>(sums, 0, 8)
      if (t >= load<i32>(lengths + (b << 2))) {
        memory.fill(gradient, 0, bytes)
        continue
      }
      const target: usize = load<u32>(targets)
      const known = target < width
      const own: f64 = (1 - smoothing) * (weights && known ? <f64>load<f32>(weights + (target << 2)) : 1)
      const largest = rowMaximum(width, logits)
      const sum = rowExponentials(width, logits, largest, gradient)
      const by = f32x4.splat(<f32>(factor * (own + each * all) / sum))
      let at = gradient
      const end = gradient + bytes
      for (; at + 16 <= end; at += 16) v128.store(at, f32x4.mul(v128.load(at), by))
      for (; at < end; at += 4) storeFirst(at, f32x4.mul(splatAt(at), by))
      if (smoothing > 0) {
        subtractWeights(width, gradient, <f32>(factor * each), weights)
        loss += each * (weightedFall(width, logits, largest, weights) + all * NativeMath.log(sum))
      }
      if (!known) {
        store<f64>(sums, NaN)
        continue
      }
      const aim = gradient + (target << 2)
      store<f32>(aim, load<f32>(aim) - <f32>(factor * own))
      if (own != 0) loss += own * (<f64>largest - <f64>load<f32>(logits + (target << 2)) + NativeMath.log(sum))
      if (isFirstLargest(logits, target, largest)) store<f64>(sums, 1, 8)
      store<f64>(sums, loss)
    }
  }
}
