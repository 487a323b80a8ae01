import { UnrollError } from '@shared/errors'
import { paddedTo } from '@shared/model/buckets'
import type { Batches } from './batches'
import { bucketsOf } from './buckets'
import { sequences, type SequenceOrder } from './layouts'
import type { Part, SequencePairs } from './prepared-data'
import { expectBelow } from './source'

/**
 * Batches of pairs: what the encoder reads, and for the decoder the target one step late, behind the start token.
 *   decoder_0 = start, decoder_t = y_{t−1}: each token is predicted from those before it (teacher forcing)
 * @throws UnrollError `dataset.invalid` when a token or a length is out of range
 */
export function pairBatches(data: SequencePairs, part: Part, batchSize: number, order: SequenceOrder): Batches {
  const { inputSize, outputSize, steps, targetSteps, startToken } = data
  const { count, source, sourceLengths, target, targetLengths } = data[part]
  expectBelow(source, inputSize, `a source token of the ${part} part`)
  expectBelow(target, outputSize, `a target token of the ${part} part`)
  expectLengths(sourceLengths, count, steps, `sources of the ${part} part`)
  expectLengths(targetLengths, count, targetSteps, `targets of the ${part} part`)
  const batch = Math.min(batchSize, count)
  const buckets = bucketsOf([sourceLengths, targetLengths], Math.ceil(count / batch))
  const targetBounds = buckets.bounds[1]!
  const layout = sequences(steps, sourceLengths, buckets, batch, order)
  const [sources, lengths] = [new Int32Array(layout.steps * batch), new Int32Array(batch)]
  const [targets, read, ends] = [new Int32Array(targetBounds.at(-1)! * batch), new Int32Array(targetBounds.at(-1)! * batch), new Int32Array(batch)]

  return {
    source: {
      input: 'tokens', target: 'classes', inputSize, outputSize, inputs: source, targets: target,
      positions: count * steps, starts: null, sequences: { count, steps, lengths: sourceLengths }, lastTarget: (start) => start / steps,
    },
    layout, targetSteps: targetBounds.at(-1)!,
    fill(index, drawn) {
      const rows = Array.from({ length: batch }, (_, row) => layout.row(index, row, drawn))
      for (const [row, { start, length }] of rows.entries()) {
        lengths[row] = length
        ends[row] = length === 0 ? 0 : targetLengths[start / steps]!
      }
      const [readSteps, writtenSteps] = [layout.padded(longestOf(lengths)), paddedTo(targetBounds, longestOf(ends))]
      const x = sources.subarray(0, readSteps * batch)
      const [y, decoder] = [targets.subarray(0, writtenSteps * batch), read.subarray(0, writtenSteps * batch)]
      for (const values of [x, y, decoder]) values.fill(0)
      let [tokens, valid] = [0, 0]
      for (const [row, { start, length }] of rows.entries()) {
        const first = start / steps * targetSteps
        for (let step = 0; step < length; step++) x[step * batch + row] = source[start + step]!
        for (let step = 0; step < ends[row]!; step++) {
          y[step * batch + row] = target[first + step]!
          decoder[step * batch + row] = step === 0 ? startToken : target[first + step - 1]!
        }
        tokens += length + ends[row]!
        valid += ends[row]!
      }
      return { steps: readSteps, targetSteps: writtenSteps, x, y, lengths, decoder, targetLengths: ends, tokens, valid, components: valid }
    },
  }
}

const longestOf = (lengths: Int32Array): number => lengths.reduce((most, length) => Math.max(most, length), 0)

function expectLengths(lengths: Int32Array, count: number, most: number, what: string): void {
  const wrong = lengths.findIndex((length) => length < 1 || length > most)
  if (lengths.length === count && wrong < 0) return
  throw new UnrollError('dataset.invalid', wrong < 0
    ? `The lengths of the ${what} should be ${count} numbers but are ${lengths.length}.`
    : `Each of the ${what} should have 1 to ${most} tokens, but number ${wrong} has ${lengths[wrong]}.`)
}
