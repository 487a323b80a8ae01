import type { Baseline } from '@shared/metrics'
import { argmax, classificationScores, confusionMatrix, countAnswer } from '../metrics/classification'
import { fitSoftmaxRegression, leastProbability, probabilities, type SparseRows } from './softmax-regression'

/** Sequences of tokens with a class each: x [count, steps], y [count]. */
export interface LabelledSequences {
  count: number
  x: ArrayLike<number>
  y: ArrayLike<number>
  lengths: Int32Array | null
}

export interface BagSizes {
  vocabulary: number
  classes: number
  steps: number
  /** What a token is: "character", "word". */
  token: string
}

/** Weights that fit into a few dozen megabytes; rarer pairs are left out beyond it. */
const mostWeights = 2 ** 23
/** Tokens of the fixed window. */
const window = 8
/** Tokens learned from and measured: a second or two of work each, however many there are. */
const [mostLearned, mostMeasured] = [2 ** 18, 2 ** 17]

/**
 * What the classes give away without order, and with the order of neighbours alone: logistic regression on how often each
 * token occurs, and on how often each pair of neighbours does too (a mark at either end counts as one); and on the last eight
 * tokens, each at its place counted from the end.
 * Trained on `train`, measured on `measured`; best first.
 */
export function bagBaselines(sizes: BagSizes, all: LabelledSequences, allMeasured: LabelledSequences): Baseline[] {
  if (all.count === 0 || allMeasured.count === 0) return []
  const { token, vocabulary, steps } = sizes
  const [train, measured] = [thinned(all, steps, mostLearned), thinned(allMeasured, steps, mostMeasured)]
  const partly = train.count < all.count ? ` Learned from ${train.count.toLocaleString('en')} of the ${all.count.toLocaleString('en')} sequences.` : ''
  const bags = [
    { name: `Bag of ${token}s`, description: `Logistic regression on how often each ${token} occurs: no order.`, numbers: countsOf(sizes, (tokens, add) => { for (const id of tokens) add(id) }) },
    {
      name: `Bag of ${token} pairs`, description: `Logistic regression on how often each ${token} and each pair of neighbouring ${token}s occurs, beginning and end included.`,
      numbers: countsOf(sizes, (tokens, add) => {
        // `vocabulary` stands for the beginning and the end.
        let before = vocabulary
        const single = (vocabulary + 1) ** 2
        for (const id of tokens) {
          add(before * (vocabulary + 1) + id)
          add(single + id)
          before = id
        }
        add(before * (vocabulary + 1) + vocabulary)
      }),
    },
    {
      name: `Last ${window} ${token}s`, description: `Logistic regression on the last ${window} ${token}s, each at its place: a fixed window, no memory of what comes before.`,
      numbers: countsOf(sizes, (tokens, add) => { [...tokens].slice(-window).reverse().forEach((id, place) => { add(place * vocabulary + id) }) }),
    },
  ]
  return bags.map(({ name, description, numbers }) => ({ name, description: description + partly, ...scores(sizes, numbers, train, measured) })).sort((a, b) => a.loss - b.loss)
}

/** Every so many-th sequence, so that there are no more than `most` tokens; as they are where there aren't. */
function thinned(part: LabelledSequences, steps: number, most: number): LabelledSequences {
  const { count, x, y, lengths } = part
  const total = lengths?.reduce((sum, length) => sum + length, 0) ?? count * steps
  if (total <= most) return part
  const every = Math.ceil(total / most)
  const kept = Int32Array.from({ length: Math.ceil(count / every) }, (_, index) => index * every)
  const tokens = new Int32Array(kept.length * steps)
  for (const [row, index] of kept.entries()) for (let step = 0; step < steps; step++) tokens[row * steps + step] = x[index * steps + step]!
  return { count: kept.length, x: tokens, y: kept.map((index) => y[index]!), lengths: lengths && kept.map((index) => lengths[index]!) }
}

type Features = (part: LabelledSequences, known: Map<number, number> | null) => { rows: SparseRows; known: Map<number, number> }

/** Counts of whatever `each` adds; features that training doesn't know are passed over. */
function countsOf({ steps, classes }: BagSizes, each: (tokens: Iterable<number>, add: (feature: number) => void) => void): Features {
  return (part, fitted) => {
    const known = fitted ?? new Map<number, number>()
    const starts = new Int32Array(part.count + 1)
    const ids: number[] = []
    const values: number[] = []
    const row = new Map<number, number>()
    for (let index = 0; index < part.count; index++) {
      row.clear()
      each(tokensOf(part, index, steps), (feature) => {
        let id = known.get(feature)
        if (id === undefined && fitted === null && (known.size + 1) * classes <= mostWeights) known.set(feature, id = known.size)
        if (id !== undefined) row.set(id, (row.get(id) ?? 0) + 1)
      })
      for (const [id, count] of row) {
        ids.push(id)
        values.push(count)
      }
      starts[index + 1] = ids.length
    }
    return { rows: { starts, ids: Int32Array.from(ids), values: Float32Array.from(values) }, known }
  }
}

function* tokensOf({ x, lengths }: LabelledSequences, index: number, steps: number): Generator<number, void, void> {
  const length = lengths?.[index] ?? steps
  for (let step = 0; step < length; step++) yield x[index * steps + step]!
}

function scores({ classes }: BagSizes, features: Features, train: LabelledSequences, measured: LabelledSequences): Omit<Baseline, 'name' | 'description'> {
  const { rows, known } = features(train, null)
  const model = fitSoftmaxRegression(rows, train.y, known.size, classes)
  const held = features(measured, known).rows
  const confusion = confusionMatrix(classes)
  const p = new Float64Array(classes)
  let loss = 0
  for (let index = 0; index < measured.count; index++) {
    probabilities(model, held, index, p)
    loss -= Math.log(Math.max(p[measured.y[index]!]!, leastProbability))
    countAnswer(confusion, measured.y[index]!, argmax(p))
  }
  return { loss: loss / measured.count, ...classificationScores(confusion) }
}
