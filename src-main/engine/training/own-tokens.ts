import type { Backend } from '../backends/backend'
import type { Variables } from '../bptt/variables'
import { likeliest } from '../generate/decoding'
import { SequenceDecoder } from '../generate/sequence-decoder'
import { Random } from '../random'
import type { Batch, Batches } from './batches'
import { randomStreams } from './epochs'
import type { SessionOptions } from './types'

/** Batches in which the decoder reads its own tokens in place of the target's. */
export interface OwnTokens {
  /**
   * Draws whether this step's batch is one of them, and if so writes the decoder's own most likely tokens into
   * `batch.decoder`. No gradient flows through the choice of a token.
   * @returns false when given up because `cancelled()` answered true
   */
  read(batch: Batch, step: number, cancelled: () => boolean): Promise<boolean>
  dispose(): Promise<void>
}

/** Null where every batch is taught by its target. */
export function ownTokensOf(backend: Backend, { experiment, data }: SessionOptions, batches: Batches, parameters: Variables): OwnTokens | null {
  const { teacherForcing, seed } = experiment.training
  if (data.form !== 'pairs' || teacherForcing === 1) return null
  const { batch: rows } = batches.layout
  const { outputSize, startToken } = data
  // One for each length that sources are padded to.
  const decoders = new Map<number, SequenceDecoder>()
  const decoderOf = (steps: number): SequenceDecoder => {
    const decoder = decoders.get(steps) ?? new SequenceDecoder(backend, experiment.model, data, parameters, steps, rows)
    decoders.set(steps, decoder)
    return decoder
  }

  return {
    async read({ steps, x, lengths, decoder: tokens, targetLengths }, step, cancelled) {
      // A stream a step: a resumed run draws what it would have drawn.
      if (new Random(seed, randomStreams.forcing - step).uniform() < teacherForcing) return true
      const decoder = decoderOf(steps)
      let state = await decoder.begin(x as Int32Array, lengths)
      const last = new Int32Array(rows).fill(startToken)
      const longest = targetLengths!.reduce((most, length) => Math.max(most, length), 0)
      for (let at = 1; at < longest; at++) {
        if (cancelled()) return false
        const found = await decoder.step(last, state)
        state = found.state
        for (let row = 0; row < rows; row++) {
          last[row] = likeliest(found.logits.subarray(row * outputSize, (row + 1) * outputSize))
          if (at < targetLengths![row]!) tokens![at * rows + row] = last[row]!
        }
      }
      return true
    },
    async dispose() {
      for (const decoder of decoders.values()) await decoder.dispose()
    },
  }
}
