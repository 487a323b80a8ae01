// Vectors of four float32: multiply-add, exponential, hyperbolic tangent.
// The last one to three elements of an array go through the same functions as a splatted vector, so that an element's
// result depends neither on its place nor on the array's length.

/** a·b + c. Fused, with one rounding, where the host has relaxed SIMD and a CPU with FMA; two roundings elsewhere. */
// @ts-ignore: decorator
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c)
  return f32x4.add(f32x4.mul(a, b), c)
}

/** 1.5 · 2²³: added to a number below 2²², it leaves the number's nearest integer in the lowest bits. */
const ROUNDER: f32 = 12582912

/** r + r²·q(r) = eʳ − 1 for |r| ≤ ln 2 / 2, q fitted to the least greatest relative error of eʳ (3e-9 before rounding). */
// @ts-ignore: decorator
@inline
function small4(r: v128): v128 {
  let q = f32x4.splat(1.3813142368478502e-3)
  q = multiplyAdd(q, r, f32x4.splat(8.369419043626088e-3))
  q = multiplyAdd(q, r, f32x4.splat(4.166845683309228e-2))
  q = multiplyAdd(q, r, f32x4.splat(1.666651478911703e-1))
  q = multiplyAdd(q, r, f32x4.splat(4.9999993050492053e-1))
  return multiplyAdd(f32x4.mul(r, r), q, r)
}

/** x − n·ln 2, ln 2 in two parts, the first with few enough bits for its product with n to be exact. */
// @ts-ignore: decorator
@inline
function rest4(x: v128, n: v128): v128 {
  return multiplyAdd(n, f32x4.splat(2.12194440e-4), multiplyAdd(n, f32x4.splat(-0.693359375), x))
}

/** 2ⁿ from n + ROUNDER: its lowest bits hold n, and the others are shifted out. */
// @ts-ignore: decorator
@inline
function power4(rounded: v128): v128 {
  return i32x4.add(i32x4.shl(rounded, 23), i32x4.splat(127 << 23))
}

/**
 * eˣ = 2ⁿ·eʳ with n = round(x / ln 2), |r| ≤ ln 2 / 2. Relative error below 3e-7 for −87.3 ≤ x ≤ 88.3; outside, the value
 * at that bound. NaN stays NaN.
 */
// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  x = f32x4.pmax(f32x4.pmin(x, f32x4.splat(88.3)), f32x4.splat(-87.3))
  const rounded = multiplyAdd(x, f32x4.splat(1.44269504), f32x4.splat(ROUNDER))
  const r = rest4(x, f32x4.sub(rounded, f32x4.splat(ROUNDER)))
  return f32x4.mul(f32x4.add(small4(r), f32x4.splat(1)), power4(rounded))
}

/**
 * tanh x = ±m / (m + 2) with m = e^{2|x|} − 1 = 2ⁿ·(eʳ − 1) + (2ⁿ − 1): small arguments keep all their digits.
 * Relative error below 3e-7 everywhere. NaN stays NaN.
 */
// @ts-ignore: decorator
@inline
export function tanh4(x: v128): v128 {
  const magnitude = f32x4.abs(x)
  const y = f32x4.pmin(f32x4.add(magnitude, magnitude), f32x4.splat(40))
  const rounded = multiplyAdd(y, f32x4.splat(1.44269504), f32x4.splat(ROUNDER))
  const power = power4(rounded)
  const r = rest4(y, f32x4.sub(rounded, f32x4.splat(ROUNDER)))
  const m = multiplyAdd(power, small4(r), f32x4.sub(power, f32x4.splat(1)))
  const sign = v128.and(x, i32x4.splat(0x80000000))
  return v128.or(f32x4.div(m, f32x4.add(m, f32x4.splat(2))), sign)
}

/** σ(x) = 1 / (1 + e⁻ˣ), relative error below 4e-7 for −87 ≤ x; below that, the value at −88.3. NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function sigmoid4(x: v128): v128 {
  return f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), exp4(f32x4.neg(x))))
}

/** A single element as a vector. */
// @ts-ignore: decorator
@inline
export function splatAt(pointer: usize): v128 {
  return v128.load32_splat(pointer)
}

// @ts-ignore: decorator
@inline
export function storeFirst(pointer: usize, vector: v128): void {
  v128.store_lane<f32>(pointer, vector, 0)
}

/** Four elements, or where there are fewer the first. */
// @ts-ignore: decorator
@inline
export function loadPart(pointer: usize, whole: bool): v128 {
  return whole ? v128.load(pointer) : splatAt(pointer)
}

// @ts-ignore: decorator
@inline
export function storePart(pointer: usize, vector: v128, whole: bool): void {
  if (whole) v128.store(pointer, vector)
  else storeFirst(pointer, vector)
}

/** Sum of the four lanes, in double precision. */
// @ts-ignore: decorator
@inline
export function laneSum(vector: v128): f64 {
  const low = f64x2.promote_low_f32x4(vector)
  const high = f64x2.promote_low_f32x4(v128.shuffle<f32>(vector, vector, 2, 3, 2, 3))
  const sum = f64x2.add(low, high)
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)
}

/** Adds the four lanes, in double precision, to two running sums. */
// @ts-ignore: decorator
@inline
export function addLanes(sums: v128, vector: v128): v128 {
  const low = f64x2.promote_low_f32x4(vector)
  const high = f64x2.promote_low_f32x4(v128.shuffle<f32>(vector, vector, 2, 3, 2, 3))
  return f64x2.add(sums, f64x2.add(low, high))
}

/** Adds the squares of the four lanes, in double precision, to two running sums. */
// @ts-ignore: decorator
@inline
export function addSquares(sums: v128, vector: v128): v128 {
  const low = f64x2.promote_low_f32x4(vector)
  const high = f64x2.promote_low_f32x4(v128.shuffle<f32>(vector, vector, 2, 3, 2, 3))
  return f64x2.add(sums, f64x2.add(f64x2.mul(low, low), f64x2.mul(high, high)))
}

/** y = eˣ, element by element; for the accuracy test. */
export function expArray(count: usize, x: usize, y: usize): void {
  const end = x + (count << 2)
  for (; x + 16 <= end; x += 16, y += 16) v128.store(y, exp4(v128.load(x)))
  for (; x < end; x += 4, y += 4) storeFirst(y, exp4(splatAt(x)))
}

/** y = tanh x, element by element; for the accuracy test. */
export function tanhArray(count: usize, x: usize, y: usize): void {
  const end = x + (count << 2)
  for (; x + 16 <= end; x += 16, y += 16) v128.store(y, tanh4(v128.load(x)))
  for (; x < end; x += 4, y += 4) storeFirst(y, tanh4(splatAt(x)))
}

/** y = σ(x), element by element; for the accuracy test. */
export function sigmoidArray(count: usize, x: usize, y: usize): void {
  const end = x + (count << 2)
  for (; x + 16 <= end; x += 16, y += 16) v128.store(y, sigmoid4(v128.load(x)))
  for (; x < end; x += 4, y += 4) storeFirst(y, sigmoid4(splatAt(x)))
}
