import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number

/** ∂L/∂key[s,b,k] = Σ_t α[t,b,s] ∂L/∂context[t,b,k] + ∂L/∂e[t,b,s] q[t,b,k]. Output [keys · batch · hidden]. */
export function attentionKeyGradient(
  this: Thread<'steps' | 'keys' | 'batch' | 'hidden'>,
  gradient: Floats, gradientAt: number, queries: Floats, queriesAt: number, weights: Floats, weightsAt: number, scoreGradient: Floats,
): number {
  const element = quotient(this.thread.x, this.constants.hidden)
  const unit = this.thread.x - element * this.constants.hidden
  const place = quotient(element, this.constants.batch)
  const row = element - place * this.constants.batch
  let sum = 0
  for (let t = 0; t < this.constants.steps; t++) {
    const at = (t * this.constants.batch + row) * this.constants.keys + place
    const from = (t * this.constants.batch + row) * this.constants.hidden + unit
    sum += weights[weightsAt + at]! * gradient[gradientAt + from]! + scoreGradient[at]! * queries[queriesAt + from]!
  }
  return sum
}
