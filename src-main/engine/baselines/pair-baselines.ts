import type { Baseline } from '@shared/metrics'
import { sequenceScores } from '../metrics/sequences'
import { KneserNey } from './kneser-ney'
import { NgramTree } from './ngram-tree'

/** A pair as its symbols, and the target's token ids with the end token as the last. */
export interface SymbolPair {
  source: readonly string[]
  target: readonly string[]
  targetIds: Int32Array
}

const order = 4
/** Target symbols counted and predicted: a second or two of work. */
const mostSymbols = 2 ** 20
const rounds = 20

/**
 * What sequences to be given can be guessed by without reading, and by copying; best first. Loss: nats a target symbol, the
 * end included.
 *   outputs alone: p(y_t | y_1 … y_{t−1}), an n-gram; as a whole answer the most frequent target of the training part
 *   copying:       p(y_t | x) = λ [y_t = x_t] + (1 − λ) u(y_t), u the targets' frequencies, add-one smoothed; as a whole the source
 * λ is fitted on the training part by expectation maximisation.
 */
export function pairBaselines(vocabulary: number, train: readonly SymbolPair[], measured: readonly SymbolPair[]): Baseline[] {
  if (train.length === 0 || measured.length === 0) return []
  return [outputsAlone(vocabulary, train, measured), copying(vocabulary, train, measured)].sort((a, b) => a.loss - b.loss)
}

function outputsAlone(vocabulary: number, train: readonly SymbolPair[], measured: readonly SymbolPair[]): Baseline {
  const tree = new NgramTree(order)
  // Targets follow on one another; the end of one is the context that the next begins in.
  const end = train[0]!.targetIds.at(-1)!
  tree.add(end)
  eachSymbol(train, (id) => tree.add(id))
  const model = new KneserNey(tree, vocabulary)
  const logs = new Float64Array(order)
  let contexts = model.start()
  const loss = meanOver(measured, (id, at) => {
    if (at === 0) {
      contexts = model.start()
      model.advance(contexts, end)
    }
    model.logProbabilities(contexts, id, logs)
    model.advance(contexts, id)
    return -logs[order - 1]!
  })
  const usual = mostFrequent(train)
  const { exactMatch, editDistance } = sequenceScores(measured.map(({ target }) => ({ expected: target, given: usual })))
  return { name: 'Outputs alone', description: `Each symbol of the output by the ${order - 1} before it, without the source; as a whole answer the most frequent output.`, loss, exactMatch, editDistance }
}

function copying(vocabulary: number, train: readonly SymbolPair[], measured: readonly SymbolPair[]): Baseline {
  const counts = new Float64Array(vocabulary).fill(1)
  let symbols = vocabulary
  eachSymbol(train, (id) => {
    counts[id]!++
    symbols++
  })
  const frequency = (id: number) => counts[id]! / symbols
  // Expectation maximisation needs of each symbol only whether it is copied, and how frequent it is.
  const [copied, frequencies]: [boolean[], number[]] = [[], []]
  eachSymbol(train, (id, at, pair) => {
    copied.push(isCopied(pair, at))
    frequencies.push(frequency(id))
  })
  let lambda = 0.5
  for (let round = 0; round < rounds; round++) {
    let share = 0
    copied.forEach((yes, index) => { if (yes) share += lambda / (lambda + (1 - lambda) * frequencies[index]!) })
    // Never quite certain: a held-out symbol may not be copied where all others were.
    lambda = Math.min(share / copied.length, 1 - 1 / (copied.length + 1))
  }
  const loss = meanOver(measured, (id, at, pair) => -Math.log((isCopied(pair, at) ? lambda : 0) + (1 - lambda) * frequency(id)))
  const { exactMatch, editDistance } = sequenceScores(measured.map(({ source, target }) => ({ expected: target, given: source })))
  return { name: 'Copy of the source', description: `The source as it stands, with a chance of ${lambda.toFixed(2)} a symbol, else the output's symbols by frequency.`, loss, exactMatch, editDistance }
}

/** The end is copied too: both end together. */
const isCopied = ({ source, target }: SymbolPair, at: number): boolean => source[at] === target[at]

function eachSymbol(pairs: readonly SymbolPair[], take: (id: number, at: number, pair: SymbolPair) => void): void {
  let taken = 0
  for (const pair of pairs) {
    if (taken >= mostSymbols) return
    pair.targetIds.forEach((id, at) => take(id, at, pair))
    taken += pair.targetIds.length
  }
}

function meanOver(pairs: readonly SymbolPair[], value: (id: number, at: number, pair: SymbolPair) => number): number {
  let [sum, count] = [0, 0]
  eachSymbol(pairs, (id, at, pair) => {
    sum += value(id, at, pair)
    count++
  })
  return sum / count
}

function mostFrequent(pairs: readonly SymbolPair[]): readonly string[] {
  const times = new Map<string, { target: readonly string[]; count: number }>()
  for (const { target } of pairs) {
    const key = target.join('\u0000')
    const known = times.get(key)
    if (known === undefined) times.set(key, { target, count: 1 })
    else known.count++
  }
  return [...times.values()].reduce((most, each) => (each.count > most.count ? each : most)).target
}
