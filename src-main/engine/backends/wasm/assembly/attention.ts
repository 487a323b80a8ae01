// Dot-product attention, one row of the batch after another: all its queries against all its valid keys, as matrix products.
// Queries, contexts and their gradients lie as [steps, batch, width], keys as [count, batch, width], weights as
// [steps, batch, count], so that the vectors of one row of the batch lie a stride apart.

import { outerProduct } from './outer'
import { packColumns, packRows } from './pack'
import { product } from './product'
import { rowMaximum } from './sums'
import { exp4, laneSum, loadPart, storePart } from './vector'

/** Valid keys of a row. */
// @ts-ignore: decorator
@inline
function validKeys(lengths: usize, row: usize, count: usize): usize {
  return <usize>max<i32>(0, min<i32>(load<i32>(lengths + (row << 2)), <i32>count))
}

/** Softmax of the first `valid` scores in place, zero in the others. */
function softmaxRow(valid: usize, count: usize, scores: usize): void {
  memory.fill(scores + (valid << 2), 0, (count - valid) << 2)
  if (valid == 0) return
  const largest = f32x4.splat(rowMaximum(valid, scores))
  const end = scores + (valid << 2)
  let sum: f64 = 0
  for (let at = scores; at < end;) {
    const whole = at + 16 <= end
    const e = exp4(f32x4.sub(loadPart(at, whole), largest))
    storePart(at, e, whole)
    sum += whole ? laneSum(e) : <f64>f32x4.extract_lane(e, 0)
    at += whole ? 16 : 4
  }
  const by = f32x4.splat(<f32>(1 / sum))
  for (let at = scores; at < end;) {
    const whole = at + 16 <= end
    storePart(at, f32x4.mul(loadPart(at, whole), by), whole)
    at += whole ? 16 : 4
  }
}

/**
 * e_ts = q_t · k_s; α_t = softmax over valid s; context_t = Σ_s α_ts k_s.
 * @param row,rows   which rows of the batch   @param steps how many queries of each, from those at `queries` on
 * @param workspace  the larger of width · 8⌈count/8⌉ and count · 8⌈width/8⌉ floats: the keys packed
 */
export function attend(
  row: usize, rows: usize, steps: usize, batch: usize, count: usize, width: usize,
  queries: usize, keys: usize, lengths: usize, context: usize, weights: usize, workspace: usize,
): void {
  const stride = (batch * width) << 2, weightStride = (batch * count) << 2
  for (let b = row; b < row + rows; b++) {
    const valid = validKeys(lengths, b, count)
    const from = (b * width) << 2
    const own = weights + ((b * count) << 2)
    packColumns(width, valid, keys + from, stride, workspace, width << 5)
    product(steps, valid, width, queries + from, stride, workspace, width << 5, 0, 0, own, weightStride)
    for (let t: usize = 0; t < steps; t++) softmaxRow(valid, count, own + t * weightStride)
    packRows(valid, width, keys + from, stride, workspace, valid << 5)
    product(steps, width, valid, own, weightStride, workspace, valid << 5, 0, 0, context + from, stride)
  }
}

/** ∂L/∂e_s = α_s (slope_s − Σ_s α_s slope_s), in place of the slopes ∂L/∂α_s. */
function softmaxSlopes(valid: usize, weights: usize, slopes: usize): void {
  let mean: f64 = 0
  const bytes = valid << 2
  for (let x: usize = 0; x < bytes;) {
    const whole = x + 16 <= bytes
    const part = f32x4.mul(loadPart(weights + x, whole), loadPart(slopes + x, whole))
    mean += whole ? laneSum(part) : <f64>f32x4.extract_lane(part, 0)
    x += whole ? 16 : 4
  }
  const middle = f32x4.splat(<f32>mean)
  for (let x: usize = 0; x < bytes;) {
    const whole = x + 16 <= bytes
    storePart(slopes + x, f32x4.mul(loadPart(weights + x, whole), f32x4.sub(loadPart(slopes + x, whole), middle)), whole)
    x += whole ? 16 : 4
  }
}

/**
 * ∂L/∂α_ts = g_t · k_s, from it ∂L/∂e; then ∂L/∂q_t = Σ_s ∂L/∂e_ts k_s and ∂L/∂k_s = Σ_t (∂L/∂e_ts q_t + α_ts g_t).
 * @param accumulate whether the keys' gradient holds what earlier steps gave
 * @param slopes     steps · count floats
 * @param workspace  the larger of those of `attend` and of outerProduct
 */
export function attendBackward(
  row: usize, rows: usize, steps: usize, batch: usize, count: usize, width: usize,
  gradient: usize, queries: usize, keys: usize, weights: usize, lengths: usize,
  towardsQueries: usize, towardsKeys: usize, accumulate: bool, slopes: usize, workspace: usize,
): void {
  const stride = (batch * width) << 2, weightStride = (batch * count) << 2
  for (let b = row; b < row + rows; b++) {
    const valid = validKeys(lengths, b, count)
    const slopeRow = valid << 2
    const from = (b * width) << 2
    const own = weights + ((b * count) << 2)
    packColumns(width, valid, keys + from, stride, workspace, width << 5)
    product(steps, valid, width, gradient + from, stride, workspace, width << 5, 0, 0, slopes, slopeRow)
    for (let t: usize = 0; t < steps; t++) softmaxSlopes(valid, own + t * weightStride, slopes + t * slopeRow)
    packRows(valid, width, keys + from, stride, workspace, valid << 5)
    product(steps, width, valid, slopes, slopeRow, workspace, valid << 5, 0, 0, towardsQueries + from, stride)

    const to = towardsKeys + from
    outerProduct(steps, valid, width, slopes, slopeRow, queries + from, stride, to, stride, accumulate, workspace)
    outerProduct(steps, valid, width, own, weightStride, gradient + from, stride, to, stride, true, workspace)
    for (let s = valid; s < count; s++) memory.fill(to + s * stride, 0, width << 2)
  }
}
