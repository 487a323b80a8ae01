import type { Baseline } from '@shared/metrics'

/**
 * Always the training part's mean of each output component.
 * @param train,measured [n, width], valid elements only
 */
export function meanBaseline(train: ArrayLike<number>, measured: ArrayLike<number>, width: number): Baseline {
  const means = new Float64Array(width)
  for (let index = 0; index < train.length; index++) means[index % width]! += train[index]! / (train.length / width)
  let squares = 0
  let absolute = 0
  for (let index = 0; index < measured.length; index++) {
    const off = measured[index]! - means[index % width]!
    squares += off * off
    absolute += Math.abs(off)
  }
  return { name: 'Mean', description: 'Always the mean of the training part.', loss: squares / measured.length, error: absolute / measured.length }
}

/**
 * Every class by its frequency in the training part, add-one smoothed; the answer is the most frequent one.
 *   p(k) = (n_k + 1) / (N + K)
 */
export function majorityBaseline(classes: number, train: ArrayLike<number>, measured: ArrayLike<number>): Baseline {
  const counts = new Float64Array(classes).fill(1)
  for (let index = 0; index < train.length; index++) counts[train[index]!]!++
  const majority = counts.indexOf(counts.reduce((most, count) => Math.max(most, count), 0))
  let loss = 0
  let right = 0
  for (let index = 0; index < measured.length; index++) {
    loss -= Math.log(counts[measured[index]!]! / (train.length + classes))
    if (measured[index] === majority) right++
  }
  return { name: 'Majority class', description: 'Every class by its frequency in the training part, whatever the sequence.', loss: loss / measured.length, accuracy: right / measured.length }
}
