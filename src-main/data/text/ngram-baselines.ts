import type { Baseline } from '@shared/metrics'
import type { TokenIds } from '../../engine/training/prepared-data'

/** Beyond this many symbols the table of all pairs is larger than what it tells is worth. */
const mostSymbols = 4096
/** Characters counted and predicted: a tenth of a second of work, whatever the text's length. */
const [mostCounted, mostPredicted] = [2 ** 22, 2 ** 20]

/**
 * What counting alone reaches, in nats a character: each character by its frequency (unigram), and by its frequency
 * after the one before it (bigram). Both with one added to every count (Laplace), so that nothing is impossible.
 *   p(b) = (n_b + 1) / (N + V);  p(b|a) = (n_ab + 1) / (n_a + V)
 * @param train counted   @param measured predicted: every character but its first
 */
export function ngramBaselines(vocabulary: number, train: TokenIds, measured: TokenIds): Baseline[] {
  if (measured.length < 2) return []
  const [counted, predicted] = [train.subarray(Math.max(0, train.length - mostCounted)), measured.subarray(0, mostPredicted)]
  const unigram = unigramBaseline(vocabulary, counted, predicted)
  const partly = counted.length < train.length ? ` Counted on its last ${counted.length.toLocaleString('en')} characters.` : ''
  return (vocabulary > mostSymbols ? [unigram] : [bigramBaseline(vocabulary, counted, predicted), unigram]).map((baseline) => ({ ...baseline, description: baseline.description + partly }))
}

function unigramBaseline(vocabulary: number, train: TokenIds, measured: TokenIds): Baseline {
  const counts = new Float64Array(vocabulary).fill(1)
  for (const id of train) counts[id]!++
  const best = argmax(counts, 0, vocabulary)
  const total = train.length + vocabulary
  let loss = 0
  let right = 0
  for (let at = 1; at < measured.length; at++) {
    loss -= Math.log(counts[measured[at]!]! / total)
    if (measured[at] === best) right++
  }
  return { name: 'Unigram', description: 'Each character by how often it occurs in the training part (add-one smoothing).', loss: loss / (measured.length - 1), accuracy: right / (measured.length - 1) }
}

function bigramBaseline(vocabulary: number, train: TokenIds, measured: TokenIds): Baseline {
  const counts = new Uint32Array(vocabulary * vocabulary)
  const followed = new Float64Array(vocabulary)
  for (let at = 1; at < train.length; at++) {
    counts[train[at - 1]! * vocabulary + train[at]!]!++
    followed[train[at - 1]!]!++
  }
  const best = new Int32Array(vocabulary)
  for (let id = 0; id < vocabulary; id++) best[id] = argmax(counts, id * vocabulary, vocabulary)
  let loss = 0
  let right = 0
  for (let at = 1; at < measured.length; at++) {
    const before = measured[at - 1]!
    loss -= Math.log((counts[before * vocabulary + measured[at]!]! + 1) / (followed[before]! + vocabulary))
    if (best[before] === measured[at]) right++
  }
  return { name: 'Bigram', description: 'Each character by how often it follows the one before it in the training part (add-one smoothing).', loss: loss / (measured.length - 1), accuracy: right / (measured.length - 1) }
}

function argmax(values: Float64Array | Uint32Array, from: number, count: number): number {
  let best = 0
  for (let index = 1; index < count; index++) if (values[from + index]! > values[from + best]!) best = index
  return best
}
