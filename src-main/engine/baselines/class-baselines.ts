import type { TaskSpec } from '@shared/experiment/schema'
import type { Baseline } from '@shared/metrics'
import { regressionLoss } from './losses'

/**
 * Always the training part's mean of each output component.
 * @param train,measured [n, width], valid elements only
 */
export function meanBaseline(train: ArrayLike<number>, measured: ArrayLike<number>, width: number, loss: TaskSpec['loss']): Baseline {
  const means = new Float64Array(width)
  for (let index = 0; index < train.length; index++) means[index % width]! += train[index]! / (train.length / width)
  let [sum, absolute] = [0, 0]
  for (let index = 0; index < measured.length; index++) {
    const off = measured[index]! - means[index % width]!
    sum += regressionLoss(loss, off)
    absolute += Math.abs(off)
  }
  return { name: 'Mean', description: 'Always the mean of the training part.', loss: sum / measured.length, error: absolute / measured.length }
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

/**
 * Every step's class by how often it came with the token of that step in the training part, add-one smoothed: what a network
 * without a memory could know. Where the target is the next token this is the bigram.
 *   p(k|x) = (n_xk + 1) / (n_x + K)
 * @param train,measured the tokens and classes of valid steps, aligned
 */
export function classByTokenBaseline(size: { tokens: number; classes: number }, train: TokensAndClasses, measured: TokensAndClasses): Baseline {
  const { tokens, classes } = size
  const counts = new Uint32Array(tokens * classes)
  const seen = new Uint32Array(tokens)
  for (let index = 0; index < train.x.length; index++) {
    counts[train.x[index]! * classes + train.y[index]!]!++
    seen[train.x[index]!]!++
  }
  const answers = Int32Array.from({ length: tokens }, (_, token) => {
    const row = counts.subarray(token * classes, (token + 1) * classes)
    return row.reduce((best, count, id) => (count > row[best]! ? id : best), 0)
  })
  let [loss, right] = [0, 0]
  for (let index = 0; index < measured.x.length; index++) {
    const [token, id] = [measured.x[index]!, measured.y[index]!]
    loss -= Math.log((counts[token * classes + id]! + 1) / (seen[token]! + classes))
    if (answers[token] === id) right++
  }
  return { name: 'By this token alone', description: 'Each step\'s class by how often it came with that step\'s token in the training part: no memory.', loss: loss / measured.x.length, accuracy: right / measured.x.length }
}

interface TokensAndClasses { x: ArrayLike<number>; y: ArrayLike<number> }
