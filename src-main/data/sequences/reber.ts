import type { DataSpec } from '@shared/experiment/schema'
import { Random } from '../../engine/random'
import { reberString, reberSymbols } from '../../engine/tasks/reber-grammar'
import { checkGeneratedSize, prepareTokens } from './generated-tokens'

type GeneratedSpec = Extract<DataSpec, { kind: 'generated' }>

/** Keeps these draws apart from those of the other generators and of training under the same seed. */
const stream = 0x4eb

/**
 * Strings of the embedded Reber grammar as prediction of the next symbol: x_t is a symbol, its target the one after it.
 *   x = s_1 … s_{n−1};  y = s_2 … s_n
 * @param longest strings of more symbols are drawn again
 * @returns x and y [count, longest − 1], zero past a string's end, and lengths [count]
 */
export function reberExamples(longest: number, count: number, seed: number): { x: Int32Array; y: Int32Array; lengths: Int32Array } {
  const random = new Random(seed, stream)
  const steps = longest - 1
  const x = new Int32Array(count * steps)
  const y = new Int32Array(count * steps)
  const lengths = new Int32Array(count)
  for (let example = 0; example < count; example++) {
    const string = reberString(random, longest)
    lengths[example] = string.length - 1
    x.set(string.subarray(0, -1), example * steps)
    y.set(string.subarray(1), example * steps)
  }
  return { x, y, lengths }
}

export function prepareReber(spec: GeneratedSpec, seed: number) {
  checkGeneratedSize(spec.examples, spec.steps, 2)
  const made = reberExamples(spec.steps, spec.examples, seed)
  return prepareTokens(spec, { ...made, steps: spec.steps - 1, inputs: [...reberSymbols], outputs: [...reberSymbols] })
}
