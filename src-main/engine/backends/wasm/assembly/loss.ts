// Losses. Their sums run in double precision, in `sums`: two float64, the loss and the score.

import { exp4, laneSum, splatAt, storeFirst } from './vector'

/** Largest element of a row; NaN when it holds one. */
function rowMaximum(width: usize, row: usize): f32 {
  const end = row + (width << 2)
  let largest = splatAt(row)
  for (; row + 16 <= end; row += 16) largest = f32x4.max(largest, v128.load(row))
  for (; row < end; row += 4) largest = f32x4.max(largest, splatAt(row))
  return max(
    max(f32x4.extract_lane(largest, 0), f32x4.extract_lane(largest, 1)),
    max(f32x4.extract_lane(largest, 2), f32x4.extract_lane(largest, 3)),
  )
}

/** e[i] = exp(row[i] − largest); their sum. */
function rowExponentials(width: usize, row: usize, largest: f32, e: usize): f64 {
  const end = row + (width << 2)
  const shift = f32x4.splat(largest)
  let sum: f64 = 0
  for (; row + 16 <= end; row += 16, e += 16) {
    const value = exp4(f32x4.sub(v128.load(row), shift))
    v128.store(e, value)
    sum += laneSum(value)
  }
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

/**
 * −log softmax(logits)[target] of `steps` time steps, its gradient (softmax − one-hot) · scale, and how often the target
 * has the largest logit (the first of equals). A valid step whose target is no class makes the loss NaN.
 * @param first time step of the first row   @param logits,gradient [steps, batch, width]   @param scale one float32
 */
export function crossEntropy(
  first: i32, steps: i32, batch: usize, width: usize,
  logits: usize, targets: usize, lengths: usize, scale: usize, gradient: usize, sums: usize,
): void {
  const bytes = width << 2
  const factor = load<f32>(scale)
  let loss: f64 = 0, score: f64 = 0
  for (let t = first; t < first + steps; t++) {
    for (let b: usize = 0; b < batch; b++, logits += bytes, gradient += bytes, targets += 4) {
      if (t >= load<i32>(lengths + (b << 2))) {
        memory.fill(gradient, 0, bytes)
        continue
      }
      const target: usize = load<u32>(targets)
      const largest = rowMaximum(width, logits)
      const sum = rowExponentials(width, logits, largest, gradient)
      const by = f32x4.splat(<f32>(<f64>factor / sum))
      let at = gradient
      const end = gradient + bytes
      for (; at + 16 <= end; at += 16) v128.store(at, f32x4.mul(v128.load(at), by))
      for (; at < end; at += 4) storeFirst(at, f32x4.mul(splatAt(at), by))
      if (target >= width) {
        loss = NaN
        continue
      }
      const own = gradient + (target << 2)
      store<f32>(own, load<f32>(own) - factor)
      loss += <f64>largest - <f64>load<f32>(logits + (target << 2)) + NativeMath.log(sum)
      if (isFirstLargest(logits, target, largest)) score += 1
    }
  }
  store<f64>(sums, load<f64>(sums) + loss)
  store<f64>(sums, load<f64>(sums, 8) + score, 8)
}

/**
 * (output − target)², its gradient 2 (output − target) · scale, and Σ |output − target|, over valid steps.
 * @param output,target,gradient [steps, batch, width]
 */
export function squaredError(
  first: i32, steps: i32, batch: usize, width: usize,
  output: usize, target: usize, lengths: usize, scale: usize, gradient: usize, sums: usize,
): void {
  const bytes = width << 2
  const factor: f32 = <f32>2 * load<f32>(scale)
  let loss: f64 = 0, score: f64 = 0
  for (let t = first; t < first + steps; t++) {
    for (let b: usize = 0; b < batch; b++, output += bytes, target += bytes, gradient += bytes) {
      if (t >= load<i32>(lengths + (b << 2))) {
        memory.fill(gradient, 0, bytes)
        continue
      }
      for (let i: usize = 0; i < bytes; i += 4) {
        const error = load<f32>(output + i) - load<f32>(target + i)
        store<f32>(gradient + i, factor * error)
        loss += <f64>error * <f64>error
        score += <f64>abs(error)
      }
    }
  }
  store<f64>(sums, load<f64>(sums) + loss)
  store<f64>(sums, load<f64>(sums, 8) + score, 8)
}

/** loss = sum · scale and score, as float32. */
export function lossEnd(sums: usize, scale: usize, loss: usize, score: usize): void {
  store<f32>(loss, <f32>(load<f64>(sums) * <f64>load<f32>(scale)))
  store<f32>(score, <f32>load<f64>(sums, 8))
}
