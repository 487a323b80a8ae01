import type { ModelSpec } from '@shared/experiment/schema'
import type { Backend } from '../backends/backend'
import { breather, engineHost, type EngineHost } from '../host'
import { expectOneDirection, withNetwork } from '../inspect/network-runner'
import { Random } from '../random'
import { randomStreams } from '../training/epochs'
import type { Weights } from '../training/types'

/**
 * Samples tokens after a prompt:  x_{t+1} ~ softmax(y_t / temperature), fed back as the next input.
 * Temperature 0 takes the most likely token each time (the first of equals). Without a prompt the network has said nothing
 * yet: the first token is drawn evenly from the vocabulary.
 * @param seed same seed, same weights, same device kind: same tokens
 * @returns `length` tokens and the natural logarithm of the probability at temperature 1 that each was given
 * @throws UnrollError `input.invalid` for a prompt token outside the vocabulary, `shape.mismatch`; `experiment.mismatch` for a
 *         network of two directions
 */
export async function sample(
  backend: Backend,
  args: { model: ModelSpec; vocabulary: number; weights: Weights; prompt: Int32Array; length: number; temperature: number; seed: number },
  host: EngineHost = engineHost,
): Promise<{ tokens: Int32Array; logProbabilities: Float32Array }> {
  const { model, vocabulary, weights, prompt, length, temperature } = args
  expectOneDirection(model, 'Sampling')
  const random = new Random(args.seed, randomStreams.sampling)
  const [tokens, logProbabilities] = [new Int32Array(length), new Float32Array(length)]
  const breathe = breather(host)
  await withNetwork(backend, { model, inputSize: vocabulary, outputSize: vocabulary, weights }, 'tokens', async (runner) => {
    let logits: Float32Array = new Float32Array(vocabulary)
    if (prompt.length > 0) logits = (await runner.read(prompt, { hidden: false, breathe })).outputs.subarray(-vocabulary)
    for (let at = 0; at < length; at++) {
      const evenly = at === 0 && prompt.length === 0
      tokens[at] = draw(logits, evenly ? 1 : temperature, random)
      logProbabilities[at] = logProbability(logits, tokens[at]!)
      if (at + 1 < length) logits = (await runner.read(tokens.subarray(at, at + 1))).outputs
      await breathe()
    }
  })
  return { tokens, logProbabilities }
}

/**
 * One draw from softmax(logits / temperature), by inversion of the cumulative sum.
 * @param temperature 0: the largest logit
 */
export function draw(logits: ArrayLike<number>, temperature: number, random: Random): number {
  let largest = 0
  for (let index = 1; index < logits.length; index++) if (logits[index]! > logits[largest]!) largest = index
  if (temperature === 0) return largest
  // The largest logit is taken off first: exp can't overflow, and one weight is 1, so the sum can't vanish.
  const weights = Array.from(logits, (logit) => Math.exp((logit - logits[largest]!) / temperature))
  let left = random.uniform() * weights.reduce((sum, weight) => sum + weight, 0)
  for (let index = 0; index < weights.length; index++) {
    left -= weights[index]!
    if (left < 0) return index
  }
  return largest
}

/** ln softmax(logits)[token]. */
export function logProbability(logits: ArrayLike<number>, token: number): number {
  let largest = -Infinity
  for (let index = 0; index < logits.length; index++) largest = Math.max(largest, logits[index]!)
  let sum = 0
  for (let index = 0; index < logits.length; index++) sum += Math.exp(logits[index]! - largest)
  return logits[token]! - largest - Math.log(sum)
}
