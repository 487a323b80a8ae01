import type { Baseline } from '@shared/metrics'
import { argmax } from '../metrics/classification'
import type { TokenIds } from '../training/prepared-data'
import { KneserNey } from './kneser-ney'
import { absent, NgramTree } from './ngram-tree'

export const longestOrder = 5
/** Symbols counted, tried and predicted: half a second of work, whatever the text's length. */
const mostCounted = 1_200_000
const mostTried = 2 ** 15
const mostPredicted = 2 ** 17
/** Beyond it the most probable of all symbols costs more than its accuracy tells. */
const mostForAccuracy = 1024

/**
 * The n-gram that predicts best among orders 1 to 5, smoothed by interpolated Kneser–Ney. Counted on the training part; the
 * order is the one that predicts the training part's last tenth best when counted on what comes before it.
 * Loss: mean −ln p of every symbol but the first, each given those before it in the same part.
 * @returns null when there is nothing to predict; the losses of all orders are in the description
 */
export function ngramBaseline(vocabulary: number, train: TokenIds, measured: TokenIds): Baseline | null {
  if (measured.length < 2 || train.length < 2) return null
  const counted = train.length > mostCounted ? train.subarray(train.length - mostCounted) : train
  const predicted = measured.subarray(0, mostPredicted + 1)
  const tenth = counted.length - Math.floor(counted.length / 10)
  const tree = NgramTree.of(counted.subarray(0, tenth), longestOrder, vocabulary)
  const trial = counted.subarray(tenth, tenth + mostTried)
  const order = trial.length < 2 ? 2 : argmin(lossesOf(new KneserNey(tree, vocabulary), trial)) + 1
  for (let at = tenth; at < counted.length; at++) tree.add(counted[at]!)

  const model = new KneserNey(tree, vocabulary)
  const losses = lossesOf(model, predicted)
  const all = Array.from(losses, (loss) => loss.toFixed(3)).join(', ')
  return {
    name: `${order}-gram`,
    description: `Each symbol by the ${order === 1 ? 'symbols\' frequencies' : order === 2 ? 'one before it' : `${order - 1} before it`}, interpolated Kneser–Ney smoothing${partly(train, counted, measured, predicted)}. Orders 1 to ${longestOrder}: ${all} nats.`,
    loss: losses[order - 1]!,
    ...(vocabulary <= mostForAccuracy && { accuracy: accuracyOf(model, vocabulary, order, predicted) }),
  }
}

function partly(train: TokenIds, counted: TokenIds, measured: TokenIds, predicted: TokenIds): string {
  const parts = [
    ...(counted.length < train.length ? [`counted on the training part's last ${counted.length.toLocaleString('en')}`] : []),
    ...(predicted.length < measured.length ? [`measured on the first ${predicted.length.toLocaleString('en')}`] : []),
  ]
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`
}

/** Mean −ln p_N for N = 1 … `longestOrder`. */
function lossesOf(model: KneserNey, stream: TokenIds): Float64Array {
  const contexts = model.start()
  const [logs, losses] = [new Float64Array(longestOrder), new Float64Array(longestOrder)]
  model.advance(contexts, stream[0]!)
  for (let at = 1; at < stream.length; at++) {
    model.read(contexts, stream[at]!, logs)
    for (let n = 0; n < longestOrder; n++) losses[n]! -= logs[n]! / (stream.length - 1)
  }
  return losses
}

function accuracyOf(model: KneserNey, vocabulary: number, order: number, stream: TokenIds): number {
  const contexts = model.start()
  const p = new Float64Array(vocabulary)
  // By the longest context known, which the shorter ones are the ends of: asked once, however often it comes.
  const answers = new Map<number, number>()
  const answerTo = (): number => {
    let longest = 0
    for (let n = 1; n < order; n++) if (contexts[n] !== absent) longest = contexts[n]!
    let answer = answers.get(longest)
    if (answer === undefined) {
      model.distribution(contexts, order, p)
      answers.set(longest, answer = argmax(p))
    }
    return answer
  }
  let right = 0
  model.advance(contexts, stream[0]!)
  for (let at = 1; at < stream.length; at++) {
    if (answerTo() === stream[at]) right++
    model.advance(contexts, stream[at]!)
  }
  return right / (stream.length - 1)
}

const argmin = (values: Float64Array): number => values.reduce((best, value, index) => (value < values[best]! ? index : best), 0)
