import { describe, expect, it } from 'vitest'
import type { ModelSpec } from '@shared/experiment/schema'
import { UnrollError } from '@shared/errors'
import { draw, logProbability, sample } from '@main/engine/generate/sample-text'
import { forecast } from '@main/engine/generate/forecast'
import { partToPredict, predict } from '@main/engine/generate/predict'
import { initialWeights } from '@main/engine/initializers/initial-weights'
import { trace } from '@main/engine/inspect/hidden-states'
import { Random } from '@main/engine/random'
import type { Weights } from '@main/engine/training/types'
import { createOracleBackend } from '../oracle/oracle-backend'
import { ids, numbers } from '../primitives/case'
import { addingData } from '../training/experiments'

const backend = createOracleBackend()
const model: ModelSpec = { cell: 'rnn', activation: 'tanh', hiddenSize: 5, layers: 1, bidirectional: false, dropout: 0, inputDropout: 0, embeddingSize: null, attention: false, init: 'default', forgetBias: 0 }

/** The same network written out by hand, step by step: h = tanh(W x + U h + b), y = V h + c. */
function byHand(weights: Weights, rows: number[][]): { hidden: number[][]; output: number[][] } {
  const tensor = (name: string) => weights[name]!
  const times = (name: string, vector: number[]) => {
    const { shape, data } = tensor(name)
    return Array.from({ length: shape[0]! }, (_, row) => vector.reduce((sum, value, column) => sum + data[row * shape[1]! + column]! * value, 0))
  }
  const [hidden, output]: [number[][], number[][]] = [[], []]
  let h = new Array<number>(5).fill(0)
  for (const x of rows) {
    const [wx, uh] = [times('rnn.weight_ih_l0', x), times('rnn.weight_hh_l0', h)]
    h = wx.map((value, unit) => Math.tanh(value + uh[unit]! + tensor('rnn.bias_ih_l0').data[unit]! + tensor('rnn.bias_hh_l0').data[unit]!))
    hidden.push(h)
    output.push(times('head.weight', h).map((value, unit) => value + tensor('head.bias').data[unit]!))
  }
  return { hidden, output }
}

function expectClose(found: ArrayLike<number>, expected: number[]): void {
  expect(found.length).toBe(expected.length)
  expected.forEach((value, index) => { expect(Math.abs(found[index]! - value)).toBeLessThan(1e-6) })
}

const oneHot = (tokens: Int32Array, vocabulary: number) => [...tokens].map((token) => Array.from({ length: vocabulary }, (_, id) => (id === token ? 1 : 0)))

describe('a trace', () => {
  it.each([1, 2, 7, 128, 129, 300])('of %i steps is the network written out by hand, however it is cut into chunks', async (steps) => {
    const weights = initialWeights(model, 4, 3, new Random(1))
    const values = numbers(2, steps * 4)
    const expected = byHand(weights, Array.from({ length: steps }, (_, step) => [...values.subarray(step * 4, step * 4 + 4)]))
    const found = await trace(backend, { model, inputSize: 4, outputSize: 3, weights, input: { kind: 'values', values } })
    expectClose(found.hidden, expected.hidden.flat())
    expectClose(found.output, expected.output.flat())
  })

  it('of tokens reads them one-hot; of nothing is empty; refuses a token outside the vocabulary', async () => {
    const weights = initialWeights(model, 6, 6, new Random(1))
    const args = { model, inputSize: 6, outputSize: 6, weights }
    const tokens = ids(3, 40, 6)
    expectClose((await trace(backend, { ...args, input: { kind: 'tokens', tokens } })).output, byHand(weights, oneHot(tokens, 6)).output.flat())
    expect((await trace(backend, { ...args, input: { kind: 'tokens', tokens: new Int32Array(0) } })).hidden).toHaveLength(0)
    await expect(trace(backend, { ...args, input: { kind: 'tokens', tokens: Int32Array.of(0, 6) } })).rejects.toThrow('Token 1 should be 0 to 5 but is 6.')
  })
})

describe('sampling', () => {
  const weights = initialWeights(model, 6, 6, new Random(4))
  const args = { model, vocabulary: 6, weights, prompt: Int32Array.of(1, 2, 3), length: 20, seed: 9 }

  it('is greedy at temperature 0, and tells each token’s log-probability at temperature 1', async () => {
    const { tokens, logProbabilities } = await sample(backend, { ...args, temperature: 0 })
    const all = Int32Array.from([...args.prompt, ...tokens])
    const { output } = byHand(weights, oneHot(all, 6))
    tokens.forEach((token, index) => {
      const logits = output[index + 2]!
      expect(token).toBe(logits.indexOf(Math.max(...logits)))
      expect(logProbabilities[index]).toBeCloseTo(Math.log(Math.exp(logits[token]!) / logits.reduce((sum, logit) => sum + Math.exp(logit), 0)), 5)
    })
  })

  it('is the same for the same seed and another for another; log-probabilities are at temperature 1 at any temperature', async () => {
    const hot = await sample(backend, { ...args, temperature: 2 })
    expect(await sample(backend, { ...args, temperature: 2 })).toEqual(hot)
    expect((await sample(backend, { ...args, temperature: 2, seed: 10 })).tokens).not.toEqual(hot.tokens)
    const { output } = byHand(weights, oneHot(Int32Array.from([...args.prompt, ...hot.tokens]), 6))
    hot.tokens.forEach((token, index) => { expect(hot.logProbabilities[index]).toBeCloseTo(logProbability(output[index + 2]!, token), 5) })
  })

  it('starts evenly without a prompt', async () => {
    const { tokens, logProbabilities } = await sample(backend, { ...args, prompt: new Int32Array(0), temperature: 0 })
    expect(tokens).toHaveLength(20)
    expect(logProbabilities[0]).toBeCloseTo(-Math.log(6), 6)
  })

  it('draws by softmax(logits / temperature)', () => {
    const [random, counts] = [new Random(3), [0, 0, 0]]
    const logits = [0, Math.log(2) * 2, Math.log(5) * 2]
    for (let count = 0; count < 20_000; count++) counts[draw(logits, 2, random)]!++
    // At temperature 2 the weights are 1 : 2 : 5.
    counts.forEach((count, index) => { expect(Math.abs(count / 20_000 - [1, 2, 5][index]! / 8)).toBeLessThan(0.015) })
    expect(draw([1000, -1000, 999], 0.001, random)).toBe(0)
  })
})

describe('a forecast', () => {
  const weights = initialWeights(model, 2, 1, new Random(6))
  const args = { model, inputSize: 2, outputSize: 1, weights, history: numbers(3, 10 * 2), steps: 5, feedback: [0, -1] }
  const rows = Array.from({ length: 10 }, (_, row) => [...args.history.subarray(row * 2, row * 2 + 2)])

  /** Reads everything anew for each forecast row; slow and plain. */
  function expected(horizon: number): number[] {
    const known = rows.map((row) => [...row])
    const result: number[] = []
    for (let step = 0; step < args.steps; step++) {
      const from = rows.length + step - horizon
      const value = byHand(weights, known).output[from]![0]!
      result.push(value)
      known.push([Math.fround(value), rows.at(-1)![1]!])
    }
    return result
  }

  it.each([1, 2, 3, 5, 7])('with horizon %i: direct as far as the history reaches, then fed by itself', async (horizon) => {
    const found = await forecast(backend, { ...args, horizon })
    expectClose(found.fitted, byHand(weights, rows).output.flat())
    expectClose(found.forecast, expected(horizon))
  })

  it('says nothing of rows that no known row speaks of', async () => {
    const { forecast: found } = await forecast(backend, { ...args, history: args.history.subarray(0, 4), horizon: 4 })
    expect([...found].map(Number.isNaN)).toEqual([true, true, false, false, false])
  })

  it('refuses an empty history and a feedback that does not fit', async () => {
    await expect(forecast(backend, { ...args, horizon: 1, history: new Float32Array(0) })).rejects.toBeInstanceOf(UnrollError)
    await expect(forecast(backend, { ...args, horizon: 1, feedback: [0] })).rejects.toThrow('for each of the 2 input columns')
  })
})

describe('a prediction', () => {
  it('is the output at each sequence’s own end, over several batches', async () => {
    const weights = initialWeights(model, 2, 1, new Random(8))
    const data = addingData(70, 0)
    if (data.form !== 'sequences') throw new Error('unreachable')
    expect(partToPredict(data)).toBe('train')
    const found = await predict(backend, { model, inputSize: 2, outputSize: 1, weights, data, count: 67 })
    const expected = Array.from({ length: 67 }, (_, index) => {
      const rows = Array.from({ length: data.train.lengths![index]! }, (_, step) => [...data.train.x.subarray((index * 6 + step) * 2, (index * 6 + step) * 2 + 2)])
      return byHand(weights, rows).output.at(-1)![0]!
    })
    expectClose(found, expected)
    expect(await predict(backend, { model, inputSize: 2, outputSize: 1, weights, data, count: 500 })).toHaveLength(70)
  })
})
