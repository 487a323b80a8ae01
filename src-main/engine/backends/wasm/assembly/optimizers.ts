// Optimizers, one stretch of a parameter at a time. `factor` and `rate` are addresses of one float32, a factor of 0 none;
// the gradient that counts is g = f·gradient + λ p.

import { loadPart, storePart } from './vector'

// @ts-ignore: decorator
@inline
function decayed(gradient: usize, f: v128, decay: v128, p: v128, whole: bool): v128 {
  return f32x4.add(f32x4.mul(loadPart(gradient, whole), f), f32x4.mul(decay, p))
}

// @ts-ignore: decorator
@inline
function factorAt(factor: usize): v128 {
  return f32x4.splat(factor ? load<f32>(factor) : <f32>1)
}

/** p' = p − η g. */
export function descend(count: usize, parameter: usize, gradient: usize, factor: usize, decay: f64, rate: usize, next: usize): void {
  const f = factorAt(factor), lambda = f32x4.splat(<f32>decay), eta = v128.load32_splat(rate)
  const end = parameter + (count << 2)
  while (parameter < end) {
    const whole = parameter + 16 <= end
    const p = loadPart(parameter, whole)
    storePart(next, f32x4.sub(p, f32x4.mul(eta, decayed(gradient, f, lambda, p, whole))), whole)
    const advance: usize = whole ? 16 : 4
    parameter += advance; gradient += advance; next += advance
  }
}

/** v' = μ v + g; p' = p − η v', with Nesterov's look ahead p − η (g + μ v'). */
export function momentum(
  count: usize, parameter: usize, gradient: usize, velocity: usize, factor: usize, decay: f64, mu: f64, nesterov: bool, rate: usize,
  next: usize, nextVelocity: usize,
): void {
  const f = factorAt(factor), lambda = f32x4.splat(<f32>decay), eta = v128.load32_splat(rate), mu4 = f32x4.splat(<f32>mu)
  const end = parameter + (count << 2)
  while (parameter < end) {
    const whole = parameter + 16 <= end
    const p = loadPart(parameter, whole)
    const g = decayed(gradient, f, lambda, p, whole)
    const v = f32x4.add(f32x4.mul(mu4, loadPart(velocity, whole)), g)
    storePart(nextVelocity, v, whole)
    storePart(next, f32x4.sub(p, f32x4.mul(eta, nesterov ? f32x4.add(g, f32x4.mul(mu4, v)) : v)), whole)
    const advance: usize = whole ? 16 : 4
    parameter += advance; gradient += advance; velocity += advance; next += advance; nextVelocity += advance
  }
}

/**
 * m' = β₁m + (1−β₁)g; v' = β₂v + (1−β₂)g²; p' = p − hyper₀ · m' / (√v' · hyper₁ + ε).
 * @param hyper address of η/(1−β₁ᵗ), 1/√(1−β₂ᵗ) and, when `decoupled`, what p is multiplied by first (AdamW)
 */
export function adam(
  count: usize, parameter: usize, gradient: usize, first: usize, second: usize, factor: usize, decay: f64, decoupled: bool,
  beta1: f64, beta2: f64, epsilon: f64, hyper: usize, next: usize, nextFirst: usize, nextSecond: usize,
): void {
  const f = factorAt(factor), lambda = f32x4.splat(<f32>decay)
  const rate = v128.load32_splat(hyper), correction = v128.load32_splat(hyper, 4)
  const kept = decoupled ? v128.load32_splat(hyper, 8) : f32x4.splat(1)
  const b1 = f32x4.splat(<f32>beta1), c1 = f32x4.splat(<f32>(1 - beta1))
  const b2 = f32x4.splat(<f32>beta2), c2 = f32x4.splat(<f32>(1 - beta2))
  const e = f32x4.splat(<f32>epsilon)
  const end = parameter + (count << 2)
  while (parameter < end) {
    const whole = parameter + 16 <= end
    const p = loadPart(parameter, whole)
    const g = decayed(gradient, f, lambda, p, whole)
    const m = f32x4.add(f32x4.mul(b1, loadPart(first, whole)), f32x4.mul(c1, g))
    const v = f32x4.add(f32x4.mul(b2, loadPart(second, whole)), f32x4.mul(c2, f32x4.mul(g, g)))
    const step = f32x4.div(f32x4.mul(rate, m), f32x4.add(f32x4.mul(f32x4.sqrt(v), correction), e))
    storePart(next, f32x4.sub(f32x4.mul(p, kept), step), whole)
    storePart(nextFirst, m, whole)
    storePart(nextSecond, v, whole)
    const advance: usize = whole ? 16 : 4
    parameter += advance; gradient += advance; first += advance; second += advance
    next += advance; nextFirst += advance; nextSecond += advance
  }
}

/** s' = α s + (1−α) g²; u = g / (√s' + ε); b' = μ b + u; p' = p − η b'. @param buffer b, 0: none, and p' = p − η u */
export function rmsprop(
  count: usize, parameter: usize, gradient: usize, square: usize, buffer: usize, factor: usize, decay: f64,
  alpha: f64, epsilon: f64, mu: f64, rate: usize, next: usize, nextSquare: usize, nextBuffer: usize,
): void {
  const f = factorAt(factor), lambda = f32x4.splat(<f32>decay), eta = v128.load32_splat(rate)
  const a = f32x4.splat(<f32>alpha), rest = f32x4.splat(<f32>(1 - alpha))
  const e = f32x4.splat(<f32>epsilon), mu4 = f32x4.splat(<f32>mu)
  const end = parameter + (count << 2)
  while (parameter < end) {
    const whole = parameter + 16 <= end
    const advance: usize = whole ? 16 : 4
    const p = loadPart(parameter, whole)
    const g = decayed(gradient, f, lambda, p, whole)
    const s = f32x4.add(f32x4.mul(a, loadPart(square, whole)), f32x4.mul(rest, f32x4.mul(g, g)))
    let u = f32x4.div(g, f32x4.add(f32x4.sqrt(s), e))
    storePart(nextSquare, s, whole)
    if (buffer) {
      u = f32x4.add(f32x4.mul(mu4, loadPart(buffer, whole)), u)
      storePart(nextBuffer, u, whole)
      buffer += advance; nextBuffer += advance
    }
    storePart(next, f32x4.sub(p, f32x4.mul(eta, u)), whole)
    parameter += advance; gradient += advance; square += advance; next += advance; nextSquare += advance
  }
}

/** Each element brought into −limit … limit. */
export function clipValue(count: usize, gradient: usize, limit: f64, clipped: usize): void {
  const high = f32x4.splat(<f32>limit), low = f32x4.splat(<f32>-limit)
  const end = gradient + (count << 2)
  while (gradient < end) {
    const whole = gradient + 16 <= end
    storePart(clipped, f32x4.max(low, f32x4.min(high, loadPart(gradient, whole))), whole)
    const advance: usize = whole ? 16 : 4
    gradient += advance; clipped += advance
  }
}
