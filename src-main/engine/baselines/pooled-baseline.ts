import type { Baseline } from '@shared/metrics'
import { argmax, classificationScores, confusionMatrix, countAnswer } from '../metrics/classification'
import { fitSoftmaxRegression, leastProbability, probabilities, type SparseRows } from './softmax-regression'

/** Sequences of values with a class each: x [count, steps, width], y [count]. */
export interface LabelledValues {
  count: number
  x: ArrayLike<number>
  y: ArrayLike<number>
  lengths: Int32Array | null
}

/**
 * What the classes give away without order: logistic regression on the mean and the deviation of each column over a
 * sequence's steps, and on its length.
 * @returns null when there is nothing to learn from or to measure on
 */
export function pooledBaseline(sizes: { steps: number; width: number; classes: number }, train: LabelledValues, measured: LabelledValues): Baseline | null {
  if (train.count === 0 || measured.count === 0) return null
  const features = 2 * sizes.width + 1
  const model = fitSoftmaxRegression(pooled(sizes, train), train.y, features, sizes.classes)
  const rows = pooled(sizes, measured)
  const confusion = confusionMatrix(sizes.classes)
  const p = new Float64Array(sizes.classes)
  let loss = 0
  for (let index = 0; index < measured.count; index++) {
    probabilities(model, rows, index, p)
    loss -= Math.log(Math.max(p[measured.y[index]!]!, leastProbability))
    countAnswer(confusion, measured.y[index]!, argmax(p))
  }
  return { name: 'Pooled linear', description: 'Logistic regression on each column\'s mean and deviation over the sequence, and on its length: no order.', loss: loss / measured.count, ...classificationScores(confusion) }
}

function pooled({ steps, width }: { steps: number; width: number }, { count, x, lengths }: LabelledValues): SparseRows {
  const features = 2 * width + 1
  const values = new Float32Array(count * features)
  for (let row = 0; row < count; row++) {
    const length = lengths?.[row] ?? steps
    for (let column = 0; column < width; column++) {
      let [sum, squares] = [0, 0]
      for (let step = 0; step < length; step++) {
        const value = x[(row * steps + step) * width + column]!
        sum += value
        squares += value * value
      }
      const mean = sum / length
      values[row * features + column] = mean
      values[row * features + width + column] = Math.sqrt(Math.max(0, squares / length - mean * mean))
    }
    values[row * features + 2 * width] = length / steps
  }
  return { starts: Int32Array.from({ length: count + 1 }, (_, row) => row * features), ids: Int32Array.from({ length: count * features }, (_, at) => at % features), values }
}
