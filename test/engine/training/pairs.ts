import { experimentSchema, type Experiment, type ExperimentInput } from '@shared/experiment/schema'
import type { PairPart, SequencePairs } from '@main/engine/training/prepared-data'
import { ids } from '../primitives/case'

/** Digits to be given back in reverse: 0 padding, 1 start, 2 end in the targets' vocabulary, digits from 3 on. */
export function reversalData(train = 200, validation = 40, most = 5, digits = 5): SequencePairs {
  const part = (seed: number, count: number): PairPart => {
    const drawn = ids(seed, count * (most + 1), 1 << 20)
    const [source, target] = [new Int32Array(count * most), new Int32Array(count * (most + 1))]
    const sourceLengths = Int32Array.from({ length: count }, (_, index) => 1 + drawn[index * (most + 1) + most]! % most)
    for (const [index, length] of sourceLengths.entries()) {
      for (let step = 0; step < length; step++) {
        const digit = drawn[index * (most + 1) + step]! % digits
        source[index * most + step] = digit
        target[index * (most + 1) + length - 1 - step] = digit + 3
      }
      target[index * (most + 1) + length] = 2
    }
    return { count, source, sourceLengths, target, targetLengths: sourceLengths.map((length) => length + 1) }
  }
  return { form: 'pairs', inputSize: digits, outputSize: digits + 3, steps: most, targetSteps: most + 1, startToken: 1, endToken: 2, train: part(1, train), validation: part(2, validation), test: part(3, 0) }
}

export const reversalExperiment = (training: NonNullable<ExperimentInput['training']> = {}, model: Partial<ExperimentInput['model']> = {}): Experiment => experimentSchema.parse({
  unroll: 1, name: 'reversal', data: { kind: 'records', source: 'pairs.csv', sequence: 'source', output: 'target' }, task: { output: 'sequence', loss: 'cross-entropy' },
  model: { cell: 'gru', hiddenSize: 12, embeddingSize: 6, ...model },
  training: { batchSize: 16, epochs: 2, optimizer: { kind: 'adam', learningRate: 0.01 }, ...training },
})
