import type { DataSpec } from '@shared/experiment/schema'
import { Random } from '../../engine/random'
import { checkGeneratedSize, prepareTokens, type GeneratedTokens } from './generated-tokens'

type GeneratedSpec = Extract<DataSpec, { kind: 'generated' }>

/** Keeps these draws apart from those of the other generators and of training under the same seed. */
const stream = 0xc09
const remembered = 10
const symbols = 8
const blank = 8
const mark = 9

/** Token ids and what they stand for on screens: eight symbols, the blank, the mark that asks for the answer. */
export const copyAlphabet = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', '·', '?']

/**
 * The copying problem: ten symbols to be remembered, T − 1 blanks, a mark, ten blanks; the answer is blank for T + 10 steps,
 * then the ten symbols. Sequences have T + 20 steps.
 *   x = s_1 … s_10, blank × (T − 1), mark, blank × 10;   y = blank × (T + 10), s_1 … s_10
 * @param delay T, at least 1
 * @returns x and y [count, delay + 20]
 * @see Hochreiter & Schmidhuber 1997 (the idea); the layout is that of Arjovsky, Shah & Bengio 2016, section 5.1
 */
export function copyExamples(delay: number, count: number, seed: number): { x: Int32Array; y: Int32Array } {
  const random = new Random(seed, stream)
  const steps = delay + 2 * remembered
  const x = new Int32Array(count * steps).fill(blank)
  const y = new Int32Array(count * steps).fill(blank)
  for (let example = 0; example < count; example++) {
    const start = example * steps
    for (let at = 0; at < remembered; at++) {
      const symbol = random.below(symbols)
      x[start + at] = symbol
      y[start + delay + remembered + at] = symbol
    }
    x[start + delay + remembered - 1] = mark
  }
  return { x, y }
}

/**
 * The least cross-entropy, in nats a step, without remembering anything: certain of the blanks, each symbol of the answer
 * one of eight.
 *   10 ln 8 / (T + 20)
 * @see Arjovsky, Shah & Bengio 2016, section 5.1
 */
export const copyWithoutMemory = (delay: number): number => remembered * Math.log(symbols) / (delay + 2 * remembered)

export function prepareCopy(spec: GeneratedSpec, seed: number) {
  const steps = spec.steps + 2 * remembered
  checkGeneratedSize(spec.examples, steps, 2)
  const { x, y } = copyExamples(spec.steps, spec.examples, seed)
  const made: GeneratedTokens = { steps, x, y, lengths: null, inputs: copyAlphabet, outputs: copyAlphabet.slice(0, mark) }
  const prepared = prepareTokens(spec, made)
  prepared.baselines.unshift({
    name: 'Without memory', description: 'Blanks where blanks belong, then one of eight symbols by chance: 10 ln 8 / (T + 20).',
    loss: copyWithoutMemory(spec.steps), accuracy: (spec.steps + remembered + remembered / symbols) / steps,
  })
  return prepared
}
