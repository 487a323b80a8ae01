import type { TaskSpec } from '@shared/experiment/schema'

/** What should come out at each step: a class (−1: nothing is expected there) under cross-entropy, or numbers (NaN: nothing). */
export type LookedTargets =
  | { kind: 'classes'; ids: Int32Array }
  | { kind: 'values'; loss: Exclude<TaskSpec['loss'], 'cross-entropy'>; values: Float32Array }

/**
 * The loss of one step, as training has it but for the mean: −ln softmax(y)[target] in nats; for numbers the mean over
 * components of d², |d|, or Huber's ½d² for |d| ≤ 1, else |d| − ½.
 * @param from where y_t starts in `y`
 * @returns NaN where nothing is expected
 */
export function lossOfStep(y: Float32Array, from: number, width: number, targets: LookedTargets, step: number): number {
  if (targets.kind === 'classes') {
    const target = targets.ids[step] ?? -1
    return target < 0 ? NaN : logSumExp(y, from, width) - y[from + target]!
  }
  let sum = 0
  for (let column = 0; column < width; column++) {
    const size = Math.abs(y[from + column]! - (targets.values[step * width + column] ?? NaN))
    sum += targets.loss === 'mse' ? size * size : targets.loss === 'mae' ? size : size <= 1 ? size * size / 2 : size - 0.5
  }
  return sum / width
}

/** ln Σ_c exp y_c without overflow. */
function logSumExp(y: Float32Array, from: number, width: number): number {
  let largest = -Infinity
  for (let column = 0; column < width; column++) largest = Math.max(largest, y[from + column]!)
  let sum = 0
  for (let column = 0; column < width; column++) sum += Math.exp(y[from + column]! - largest)
  return largest + Math.log(sum)
}

/** Mean over the steps that have a loss; null when none has. */
export function meanLoss(losses: Float32Array): number | null {
  let [sum, count] = [0, 0]
  for (const loss of losses) {
    if (Number.isNaN(loss)) continue
    sum += loss
    count++
  }
  return count === 0 ? null : sum / count
}
