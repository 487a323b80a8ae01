import type { DataSpec, TaskSpec } from '@shared/experiment/schema'
import type { GeneratedPreview } from '@shared/rpc/schemas'
import type { SequencePart } from '../../engine/training/prepared-data'
import { Random } from '../../engine/random'
import type { PreparedDataset } from '../prepared-dataset'
import { splitInOrder, splitParts } from '../split'
import { meanBaseline } from '../../engine/baselines/class-baselines'
import { checkGeneratedSize } from './generated-tokens'

export type AddingSpec = Extract<DataSpec, { kind: 'generated' }>

/** Keeps these draws apart from those of the other generators and of training under the same seed. */
const stream = 0xadd

/**
 * The adding problem: each step shows a number uniform in [0, 1) and a mark, 1 at two steps and 0 elsewhere; the first
 * mark lies in the first half, the second in the second half; the answer is the sum of the two marked numbers.
 * Always answering 1 gives a mean squared error of 1/6, the variance of that sum.
 * @returns x [count, steps, 2] (number, mark) and y [count, 1]
 * @see Hochreiter & Schmidhuber 1997, experiment 4; the marks' places as in Arjovsky, Shah & Bengio 2016, section 5.1
 */
export function addingExamples(steps: number, count: number, seed: number): { x: Float32Array; y: Float32Array } {
  const random = new Random(seed, stream)
  const x = new Float32Array(count * steps * 2)
  const y = new Float32Array(count)
  const half = Math.floor(steps / 2)
  for (let example = 0; example < count; example++) {
    const start = example * steps
    for (let step = 0; step < steps; step++) x[2 * (start + step)] = random.uniform()
    const first = start + random.below(half)
    const second = start + half + random.below(steps - half)
    x[2 * first + 1] = 1
    x[2 * second + 1] = 1
    y[example] = x[2 * first]! + x[2 * second]!
  }
  return { x, y }
}

/** A generated dataset, the same for the same seed. */
export function prepareAdding(spec: AddingSpec, loss: TaskSpec['loss'], seed: number): PreparedDataset {
  const { steps, examples } = spec
  checkGeneratedSize(examples, steps, 2)
  const bounds = splitInOrder(examples, spec)
  const { x, y } = addingExamples(steps, examples, seed)
  const part = (from: number, to: number): SequencePart => ({ count: to - from, x: x.subarray(from * steps * 2, to * steps * 2), y: y.subarray(from, to), lengths: null })
  const train = part(0, bounds.trainEnd)
  const validation = part(bounds.trainEnd, bounds.validationEnd)
  return {
    data: { form: 'sequences', input: 'values', target: 'values', inputSize: 2, outputSize: 1, steps, train, validation, test: part(bounds.validationEnd, examples) },
    vocabulary: null,
    scaler: null,
    baselines: [meanBaseline(train.y, validation.count > 0 ? validation.y : train.y, 1, loss)],
    unit: 'sum',
    unitScale: 1,
    series: null,
    split: splitParts(bounds),
    length: examples,
    inputSize: 2,
    outputSize: 1,
    summary: `${examples.toLocaleString('en')} sequences of ${steps.toLocaleString('en')} steps`,
    warnings: [],
  }
}

export function previewAdding(spec: Pick<AddingSpec, 'steps' | 'examples'>, seed: number): GeneratedPreview {
  const { x, y } = addingExamples(spec.steps, 1, seed)
  const column = (offset: number) => Array.from({ length: spec.steps }, (_, step) => x[2 * step + offset]!)
  return { kind: 'generated', steps: spec.steps, examples: spec.examples, example: { values: column(0), marks: column(1), sum: y[0]! } }
}
