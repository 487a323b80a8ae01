// Optimizers, one stretch of a parameter at a time.

import { splatAt, storeFirst } from './vector'

/** p' = p − η f g. @param factor,rate addresses of one float32; factor 0: none */
export function descend(count: usize, parameter: usize, gradient: usize, factor: usize, rate: usize, next: usize): void {
  const f = factor ? load<f32>(factor) : <f32>1
  const eta = load<f32>(rate)
  const f4 = f32x4.splat(f), eta4 = f32x4.splat(eta)
  const end = parameter + (count << 2)
  for (; parameter + 16 <= end; parameter += 16, gradient += 16, next += 16) {
    const g = f32x4.mul(v128.load(gradient), f4)
    v128.store(next, f32x4.sub(v128.load(parameter), f32x4.mul(eta4, g)))
  }
  for (; parameter < end; parameter += 4, gradient += 4, next += 4) {
    store<f32>(next, load<f32>(parameter) - eta * (load<f32>(gradient) * f))
  }
}

/** v' = μ v + f g; p' = p − η v'. */
export function momentum(
  count: usize, parameter: usize, gradient: usize, velocity: usize, factor: usize, mu: f32, rate: usize,
  next: usize, nextVelocity: usize,
): void {
  const f = factor ? load<f32>(factor) : <f32>1
  const eta = load<f32>(rate)
  const f4 = f32x4.splat(f), eta4 = f32x4.splat(eta), mu4 = f32x4.splat(mu)
  const end = parameter + (count << 2)
  for (; parameter + 16 <= end; parameter += 16, gradient += 16, velocity += 16, next += 16, nextVelocity += 16) {
    const v = f32x4.add(f32x4.mul(mu4, v128.load(velocity)), f32x4.mul(v128.load(gradient), f4))
    v128.store(nextVelocity, v)
    v128.store(next, f32x4.sub(v128.load(parameter), f32x4.mul(eta4, v)))
  }
  for (; parameter < end; parameter += 4, gradient += 4, velocity += 4, next += 4, nextVelocity += 4) {
    const v = mu * load<f32>(velocity) + load<f32>(gradient) * f
    store<f32>(nextVelocity, v)
    store<f32>(next, load<f32>(parameter) - eta * v)
  }
}

/**
 * m' = β₁m + (1−β₁)fg; v' = β₂v + (1−β₂)(fg)²; p' = p − hyper₀ · m' / (√v' · hyper₁ + ε).
 * @param hyper address of η/(1−β₁ᵗ) and 1/√(1−β₂ᵗ)
 */
export function adam(
  count: usize, parameter: usize, gradient: usize, first: usize, second: usize, factor: usize,
  beta1: f64, beta2: f64, epsilon: f64, hyper: usize, next: usize, nextFirst: usize, nextSecond: usize,
): void {
  const f = f32x4.splat(factor ? load<f32>(factor) : <f32>1)
  const rate = v128.load32_splat(hyper), correction = v128.load32_splat(hyper, 4)
  const b1 = f32x4.splat(<f32>beta1), c1 = f32x4.splat(<f32>(1 - beta1))
  const b2 = f32x4.splat(<f32>beta2), c2 = f32x4.splat(<f32>(1 - beta2))
  const e = f32x4.splat(<f32>epsilon)
  const end = parameter + (count << 2)
  while (parameter < end) {
    const whole = parameter + 16 <= end
    const p = whole ? v128.load(parameter) : splatAt(parameter)
    const g = f32x4.mul(whole ? v128.load(gradient) : splatAt(gradient), f)
    const m = f32x4.add(f32x4.mul(b1, whole ? v128.load(first) : splatAt(first)), f32x4.mul(c1, g))
    const v = f32x4.add(f32x4.mul(b2, whole ? v128.load(second) : splatAt(second)), f32x4.mul(c2, f32x4.mul(g, g)))
    const step = f32x4.div(f32x4.mul(rate, m), f32x4.add(f32x4.mul(f32x4.sqrt(v), correction), e))
    const moved = f32x4.sub(p, step)
    if (whole) {
      v128.store(next, moved)
      v128.store(nextFirst, m)
      v128.store(nextSecond, v)
    } else {
      storeFirst(next, moved)
      storeFirst(nextFirst, m)
      storeFirst(nextSecond, v)
    }
    const advance: usize = whole ? 16 : 4
    parameter += advance; gradient += advance; first += advance; second += advance
    next += advance; nextFirst += advance; nextSecond += advance
  }
}
