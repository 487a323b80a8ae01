import { UnrollError } from '@shared/errors'
import type { TaskSpec } from '@shared/experiment/schema'
import type { Batch } from './batches'
import type { Source } from './source'

/**
 * What each class counts in the training loss, [classes]; null: all alike.
 * 'balanced': w_c = N / (C · n_c), n_c the times class c is a target of the training part, N their sum, C the classes that
 * occur; a class that doesn't occur weighs nothing.
 * @throws UnrollError `experiment.mismatch` when the weights given are not one a class, or all zero
 */
export function classWeightsOf({ classWeights, output }: TaskSpec, source: Source): Float32Array | null {
  if (!classWeights) return null
  const classes = source.outputSize
  if (classWeights !== 'balanced') {
    if (classWeights.length === classes && classWeights.some((weight) => weight > 0)) return Float32Array.from(classWeights)
    throw new UnrollError('experiment.mismatch', `task.classWeights should be ${classes} numbers, one a class and not all zero, but are ${classWeights.length}: ${classWeights.join(', ')}.`, {
      hint: 'Give one for each class, or "balanced".', where: { parameter: 'task.classWeights' },
    })
  }
  const counts = targetCounts(source, output)
  const [total, occurring] = [counts.reduce((sum, count) => sum + count, 0), counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0)]
  return Float32Array.from(counts, (count) => (count === 0 ? 0 : total / (occurring * count)))
}

function targetCounts({ targets, positions, sequences, outputSize }: Source, output: TaskSpec['output']): Float64Array {
  const counts = new Float64Array(outputSize)
  if (!sequences) {
    for (let at = 0; at < positions; at++) counts[targets[at]!]!++
    return counts
  }
  const { count, steps, lengths } = sequences
  for (let index = 0; index < count; index++) {
    if (output === 'last-step') counts[targets[index]!]!++
    else for (let step = 0; step < (lengths?.[index] ?? steps); step++) counts[targets[index * steps + step]!]!++
  }
  return counts
}

/** Σ of the weights of a batch's valid targets: what its weighted loss is a mean over. */
export function weightOf({ y, lengths }: Batch, weights: Float32Array): number {
  const batch = lengths.length
  const lastStep = y.length === batch
  let sum = 0
  for (let at = 0; at < y.length; at++) {
    const length = lengths[at % batch]!
    if (lastStep ? length > 0 : Math.floor(at / batch) < length) sum += weights[y[at]!]!
  }
  return sum
}
