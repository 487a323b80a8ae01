import { experimentSchema, type Experiment, type ExperimentInput } from '@shared/experiment/schema'
import type { PreparedData, SequencePart, StreamPart } from '@main/engine/training/prepared-data'
import { ids, numbers } from '../primitives/case'

type Training = NonNullable<ExperimentInput['training']>

const model = { cell: 'rnn', hiddenSize: 7 } as const

export const textExperiment = (training: Training = {}): Experiment => experimentSchema.parse({
  unroll: 1, name: 'text', data: { kind: 'text', source: 'corpus.txt' }, task: { output: 'every-step', loss: 'cross-entropy' }, model,
  training: { window: 5, batchSize: 3, epochs: 3, optimizer: { kind: 'adam', learningRate: 0.01 }, ...training },
})

export const seriesExperiment = (training: Training = {}, stride: number | null = null): Experiment => experimentSchema.parse({
  unroll: 1, name: 'series', data: { kind: 'series', source: 'series.csv', columns: ['a'], target: ['a'], stride }, task: { output: 'every-step', loss: 'mse' }, model,
  training: { window: 6, batchSize: 4, epochs: 2, carryState: false, optimizer: { kind: 'sgd', learningRate: 0.05, momentum: 0.9 }, ...training },
})

export const addingExperiment = (training: Training = {}): Experiment => experimentSchema.parse({
  unroll: 1, name: 'adding', data: { kind: 'generated', generator: 'adding' }, task: { output: 'last-step', loss: 'mse' }, model,
  training: { batchSize: 4, epochs: 2, optimizer: { kind: 'adam', learningRate: 0.01 }, ...training },
})

/** A text of repeating pattern with some noise, so that there is something to learn. */
export function textData(train = 70, validation = 23, vocabulary = 5): PreparedData {
  const noise = ids(7, train + validation, 10)
  const all = Int32Array.from({ length: train + validation }, (_, index) => (noise[index] === 0 ? index * 3 : index) % vocabulary)
  return { form: 'tokens', vocabulary, train: all.slice(0, train), validation: all.slice(train), test: new Int32Array(0) }
}

/** A sine of 12 steps; the target is the next value. */
export function seriesData(train = 60, validation = 17): PreparedData {
  const part = (from: number, rows: number): StreamPart => {
    const value = (index: number) => Math.sin((2 * Math.PI * index) / 12)
    return { rows, inputs: Float32Array.from({ length: rows }, (_, index) => value(from + index)), targets: Float32Array.from({ length: rows }, (_, index) => value(from + index + 1)) }
  }
  return { form: 'values', inputSize: 1, outputSize: 1, horizon: 1, train: part(0, train), validation: part(train, validation), test: part(0, 0) }
}

export function addingData(train = 10, validation = 5, steps = 6): PreparedData {
  const part = (seed: number, count: number): SequencePart => {
    const x = numbers(seed, count * steps * 2)
    const y = Float32Array.from({ length: count }, (_, index) => x[index * steps * 2]! + x[(index + 1) * steps * 2 - 2]!)
    return { count, x, y, lengths: Int32Array.from({ length: count }, (_, index) => steps - (index % 3)) }
  }
  return { form: 'sequences', input: 'values', target: 'values', inputSize: 2, outputSize: 1, steps, train: part(1, train), validation: part(2, validation), test: part(3, 0) }
}
