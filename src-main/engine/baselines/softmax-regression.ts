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

/** Keeps one impossible answer from making a mean infinite. */
export const leastProbability = 1e-12

const rate = 0.1
const stream = 0x10c
/** Multiplications that all epochs together may take: about a second. */
const budget = 4e8
const mostEpochs = 12

/**
 * Multinomial logistic regression, by AdaGrad over single rows in seeded order. How many epochs is found on a tenth of the
 * training rows, held back at first, so that no penalty has to be chosen; then all of them are learned for so long.
 *   L = −(1/n) Σ_i ln p(y_i|x_i);   w ← w − η g / √(Σ g²)
 * The same data and seed give the same weights.
 * @param features number of distinct features   @param labels class of each row
 * @see Duchi, Hazan & Singer 2011
 */
export function fitSoftmaxRegression(rows: SparseRows, labels: ArrayLike<number>, features: number, classes: number, seed = 1): SoftmaxRegression {
  const random = new Random(seed, stream)
  const order = random.permutation(labels.length)
  const affordable = Math.floor(budget / (4 * classes * (rows.ids.length + labels.length)))
  const most = Math.max(1, Math.min(mostEpochs, affordable))
  const held = order.subarray(0, labels.length >= 20 && most > 1 ? Math.floor(labels.length / 10) : 0)
  const trial = new Learner(rows, labels, features, classes)
  let best = { epochs: most, loss: Infinity }
  for (let epoch = 1; held.length > 0 && epoch <= most; epoch++) {
    trial.epoch(order.slice(held.length), random)
    const loss = trial.loss(held)
    if (loss < best.loss) best = { epochs: epoch, loss }
    else break
  }
  const learner = new Learner(rows, labels, features, classes)
  for (let epoch = 0; epoch < best.epochs; epoch++) learner.epoch(order, random)
  return learner.model
}

class Learner {
  readonly model: SoftmaxRegression
  private readonly squares: { weight: Float32Array; bias: Float32Array }
  private readonly p: Float64Array

  constructor(private readonly rows: SparseRows, private readonly labels: ArrayLike<number>, features: number, classes: number) {
    this.model = { classes, weight: new Float32Array(features * classes), bias: new Float32Array(classes) }
    this.squares = { weight: new Float32Array(features * classes).fill(1e-6), bias: new Float32Array(classes).fill(1e-6) }
    this.p = new Float64Array(classes)
  }

  /** Once through these rows, in an order drawn anew. */
  epoch(order: Int32Array, random: Random): void {
    const { rows: { starts, ids, values }, model, squares, p } = this
    for (const place of random.permutation(order.length)) {
      const row = order[place]!
      probabilities(model, this.rows, row, p)[this.labels[row]!]! -= 1
      step(model.bias, squares.bias, 0, p, 1)
      for (let at = starts[row]!; at < starts[row + 1]!; at++) step(model.weight, squares.weight, ids[at]! * model.classes, p, values[at]!)
    }
  }

  loss(order: Int32Array): number {
    let sum = 0
    for (const row of order) sum -= Math.log(Math.max(probabilities(this.model, this.rows, row, this.p)[this.labels[row]!]!, leastProbability))
    return sum / order.length
  }
}

function step(values: Float32Array, squares: Float32Array, from: number, gradient: Float64Array, input: number): void {
  for (let id = 0; id < gradient.length; id++) {
    const slope = gradient[id]! * input
    squares[from + id]! += slope * slope
    values[from + id]! -= rate * slope / Math.sqrt(squares[from + id]!)
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
