// The Elman cell around its matrix products. Row b is active at step t when t < lengths[b].

import { splatAt, storeFirst, tanh4 } from './vector'

// @ts-ignore: decorator
@inline
function relu4(x: v128): v128 {
  // pmax(x, 0) answers x < 0 ? 0 : x, so NaN goes through.
  return f32x4.pmax(x, f32x4.splat(0))
}

/** h ← φ(h) in active rows, h_{t-1} in the others. @param h [batch, width], U h_{t-1} + p_t on entry */
export function rnnActivate(
  batch: usize, width: usize, h: usize, previous: usize, lengths: usize, step: i32, relu: bool,
): void {
  const bytes = width << 2
  for (let b: usize = 0; b < batch; b++, previous += bytes, lengths += 4) {
    const end = h + bytes
    if (step >= load<i32>(lengths)) {
      memory.copy(h, previous, bytes)
      h = end
    } else if (relu) {
      for (; h + 16 <= end; h += 16) v128.store(h, relu4(v128.load(h)))
      for (; h < end; h += 4) storeFirst(h, relu4(splatAt(h)))
    } else {
      for (; h + 16 <= end; h += 16) v128.store(h, tanh4(v128.load(h)))
      for (; h < end; h += 4) storeFirst(h, tanh4(splatAt(h)))
    }
  }
}

// @ts-ignore: decorator
@inline
function delta4(gradient: v128, state: v128, relu: bool): v128 {
  return relu
    ? v128.and(gradient, f32x4.gt(state, f32x4.splat(0)))
    : f32x4.mul(gradient, f32x4.sub(f32x4.splat(1), f32x4.mul(state, state)))
}

/** δ = g ⊙ (1 − h²), or g where h > 0, in active rows; 0 in the others. */
export function rnnDelta(
  batch: usize, width: usize, gradient: usize, state: usize, delta: usize, lengths: usize, step: i32, relu: bool,
): void {
  const bytes = width << 2
  for (let b: usize = 0; b < batch; b++, lengths += 4) {
    const end = delta + bytes
    if (step >= load<i32>(lengths)) {
      memory.fill(delta, 0, bytes)
      gradient += bytes
      state += bytes
      delta = end
      continue
    }
    for (; delta + 16 <= end; delta += 16, gradient += 16, state += 16) {
      v128.store(delta, delta4(v128.load(gradient), v128.load(state), relu))
    }
    for (; delta < end; delta += 4, gradient += 4, state += 4) {
      storeFirst(delta, delta4(splatAt(gradient), splatAt(state), relu))
    }
  }
}

/** Adds the gradient of h_t to that of h_{t-1} in inactive rows, where h_t is h_{t-1}. */
export function passInactive(batch: usize, width: usize, gradient: usize, back: usize, lengths: usize, step: i32): void {
  const bytes = width << 2
  for (let b: usize = 0; b < batch; b++, lengths += 4, gradient += bytes, back += bytes) {
    if (step < load<i32>(lengths)) continue
    for (let i: usize = 0; i < bytes; i += 4) store<f32>(back + i, load<f32>(back + i) + load<f32>(gradient + i))
  }
}
