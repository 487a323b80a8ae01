import { argmax } from '../metrics/classification'
import { Random } from '../random'

/** Rows of counted features: row i has features ids[starts[i] … starts[i+1] − 1], each with its value. */
export interface SparseRows {
  starts: Int32Array
  ids: Int32Array
  values: Float32Array
}

/** W [features, classes] and c [classes] of p(k|x) = softmax(Wᵀ x + c)_k. */
export interface SoftmaxRegression {
  classes: number
  weight: Float32Array
  bias: Float32Array
}

const rate = 0.3
const stream = 0x10c
/** Multiplications that all epochs together may take: about a second. */
const budget = 4e8
const mostEpochs = 20

/**
 * Multinomial logistic regression, by AdaGrad over single rows in seeded order. How many epochs is found on a tenth of the
 * training rows, held back: the weights of the best epoch are those kept, so no penalty has to be chosen.
 *   L = −(1/n) Σ_i ln p(y_i|x_i);   w ← w − η g / √(Σ g²)
 * The same data and seed give the same weights.
 * @param features number of distinct features   @param labels class of each row
 * @see Duchi, Hazan & Singer 2011
 */
export function fitSoftmaxRegression(rows: SparseRows, labels: ArrayLike<number>, features: number, classes: number, seed = 1): SoftmaxRegression {
  const model = { classes, weight: new Float32Array(features * classes), bias: new Float32Array(classes) }
  const squares = { weight: new Float32Array(features * classes).fill(1e-6), bias: new Float32Array(classes).fill(1e-6) }
  const random = new Random(seed, stream)
  const order = random.permutation(labels.length)
  const held = order.subarray(0, labels.length >= 20 ? Math.floor(labels.length / 10) : 0)
  const fitted = order.slice(held.length)
  const epochs = Math.max(1, Math.min(mostEpochs, Math.floor(budget / (2 * classes * (rows.ids.length + labels.length)))))
  const p = new Float64Array(classes)
  let best: { loss: number; model: SoftmaxRegression } | null = null
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(fitted, random)
    for (const row of fitted) {
      probabilities(model, rows, row, p)
      p[labels[row]!]! -= 1
      step(model.bias, squares.bias, 0, p, 1)
      for (let at = rows.starts[row]!; at < rows.starts[row + 1]!; at++) step(model.weight, squares.weight, rows.ids[at]! * classes, p, rows.values[at]!)
    }
    if (held.length === 0) continue
    let loss = 0
    for (const row of held) loss -= Math.log(Math.max(probabilities(model, rows, row, p)[labels[row]!]!, 1e-12))
    if (best !== null && loss >= best.loss) break
    best = { loss, model: { classes, weight: model.weight.slice(), bias: model.bias.slice() } }
  }
  return best?.model ?? model
}

function step(values: Float32Array, squares: Float32Array, from: number, gradient: Float64Array, input: number): void {
  for (let id = 0; id < gradient.length; id++) {
    const slope = gradient[id]! * input
    squares[from + id]! += slope * slope
    values[from + id]! -= rate * slope / Math.sqrt(squares[from + id]!)
  }
}

function shuffle(order: Int32Array, random: Random): void {
  for (let last = order.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    [order[last], order[other]] = [order[other]!, order[last]!]
  }
}

/** p(k|x) of one row, into `p`. */
export function probabilities({ classes, weight, bias }: SoftmaxRegression, { starts, ids, values }: SparseRows, row: number, p: Float64Array): Float64Array {
  p.set(bias)
  for (let at = starts[row]!; at < starts[row + 1]!; at++) {
    const [from, value] = [ids[at]! * classes, values[at]!]
    for (let id = 0; id < classes; id++) p[id]! += weight[from + id]! * value
  }
  const largest = p[argmax(p)]!
  let total = 0
  for (let id = 0; id < classes; id++) total += p[id] = Math.exp(p[id]! - largest)
  for (let id = 0; id < classes; id++) p[id]! /= total
  return p
}
