import { UnrollError } from '@shared/errors'
import type { Batches } from './batches'
import { sequences } from './layouts'
import type { Part, SequencePairs } from './prepared-data'
import { expectBelow } from './source'

/**
 * Batches of pairs: what the encoder reads, and for the decoder the target one step late, behind the start token.
 *   decoder_0 = start, decoder_t = y_{t−1}: each token is predicted from those before it (teacher forcing)
 * @throws UnrollError `dataset.invalid` when a token or a length is out of range
 */
export function pairBatches(data: SequencePairs, part: Part, batchSize: number, shuffle: boolean): Batches {
  const { inputSize, outputSize, steps, targetSteps, startToken } = data
  const { count, source, sourceLengths, target, targetLengths } = data[part]
  expectBelow(source, inputSize, `a source token of the ${part} part`)
  expectBelow(target, outputSize, `a target token of the ${part} part`)
  expectLengths(sourceLengths, count, steps, `sources of the ${part} part`)
  expectLengths(targetLengths, count, targetSteps, `targets of the ${part} part`)
  const layout = sequences(count, steps, sourceLengths, Math.min(batchSize, count), shuffle)
  const { batch } = layout
  const [x, lengths] = [new Int32Array(steps * batch), new Int32Array(batch)]
  const [y, decoder, ends] = [new Int32Array(targetSteps * batch), new Int32Array(targetSteps * batch), new Int32Array(batch)]

  return {
    source: {
      input: 'tokens', target: 'classes', inputSize, outputSize, inputs: source, targets: target,
      positions: count * steps, sequences: { count, steps, lengths: sourceLengths }, lastTarget: (start) => start / steps,
    },
    layout, targetSteps,
    fill(index, order) {
      for (const values of [x, y, decoder, ends]) values.fill(0)
      let [tokens, valid] = [0, 0]
      for (let row = 0; row < batch; row++) {
        const { start, length } = layout.row(index, row, order)
        lengths[row] = length
        if (length === 0) continue
        const pair = start / steps
        ends[row] = targetLengths[pair]!
        for (let step = 0; step < length; step++) x[step * batch + row] = source[start + step]!
        for (let step = 0; step < ends[row]!; step++) {
          y[step * batch + row] = target[pair * targetSteps + step]!
          decoder[step * batch + row] = step === 0 ? startToken : target[pair * targetSteps + step - 1]!
        }
        tokens += length + ends[row]!
        valid += ends[row]!
      }
      return { x, y, lengths, decoder, targetLengths: ends, tokens, valid, components: valid }
    },
  }
}

function expectLengths(lengths: Int32Array, count: number, most: number, what: string): void {
  const wrong = lengths.findIndex((length) => length < 1 || length > most)
  if (lengths.length === count && wrong < 0) return
  throw new UnrollError('dataset.invalid', wrong < 0
    ? `The lengths of the ${what} should be ${count} numbers but are ${lengths.length}.`
    : `Each of the ${what} should have 1 to ${most} tokens, but number ${wrong} has ${lengths[wrong]}.`)
}
