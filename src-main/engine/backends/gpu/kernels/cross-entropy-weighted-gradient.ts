import type { Floats, Thread } from '../kernel-types'

declare function quotient(index: number, divisor: number): number

/**
 * ∂L/∂logits[r,k] = ((1−ε) w_target (p_k − [k = target]) + ε/C (p_k Σ_c w_c − w_k)) · scale in valid rows, 0 in the others;
 * `kept` is 1−ε, `spread` ε/C. Output [steps · batch · width].
 * @param weightSum Σ_c w_c, [1]
 */
export function crossEntropyWeightedGradient(
  this: Thread<'width' | 'batch' | 'kept' | 'spread'>,
  logits: Floats, logitsAt: number, logSums: Floats, targets: Floats, lengths: Floats, classWeights: Floats, weightSum: Floats, scale: Floats, scaleAt: number,
): number {
  const element = quotient(this.thread.x, this.constants.width)
  const k = this.thread.x - element * this.constants.width
  const step = quotient(element, this.constants.batch)
  const row = element - step * this.constants.batch
  let gradient = 0
  if (step < lengths[row]!) {
    const target = targets[element]!
    const probability = Math.exp(logits[logitsAt + this.thread.x]! - logSums[element]!)
    let distance = probability
    if (k === target) {
      distance = distance - 1
    }
    gradient = this.constants.kept * classWeights[target]! * distance + this.constants.spread * (probability * weightSum[0]! - classWeights[k]!)
    gradient = gradient * scale[scaleAt]!
  }
  return gradient
}
