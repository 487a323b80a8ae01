import { UnrollError } from '@shared/errors'
import type { Backend } from '../backends/backend'
import { parameterVariables, writeAll } from '../bptt/variables'
import { breather, engineHost, type EngineHost } from '../host'
import type { NetworkArguments } from '../inspect/network-runner'
import { beamSearch } from './beam-search'
import { attentionOf, laidOut, likeliest, logProbabilities, type DecodedSequence } from './decoding'
import { SequenceDecoder } from './sequence-decoder'

export interface DecodeArguments extends NetworkArguments {
  /** Token ids of each source; none empty. */
  sources: readonly Int32Array[]
  startToken: number
  endToken: number
  /** Where a sequence is broken off that has not ended by itself. */
  mostSteps: number
  /** Sequences kept side by side; 1: the most likely token each time (greedy). */
  beam: number
  /** Finished sequences are compared by log-probability / length^lengthPenalty; 1, the mean of a token, when left out. */
  lengthPenalty?: number
}

export type { DecodedSequence }

const rowsAtOnce = 32

/**
 * What an encoder–decoder makes of each source.
 *   greedy: y_t = argmax p(y | y_<t, x);  beam: the best of `beam` sequences kept at every step
 * @throws UnrollError `input.invalid` for a source that is empty or has a token outside the vocabulary; `shape.mismatch`
 * @see Sutskever, Vinyals & Le 2014; length penalty: Wu et al. 2016
 */
export async function decodeSequences(backend: Backend, args: DecodeArguments, host: EngineHost = engineHost): Promise<DecodedSequence[]> {
  const { model, inputSize, outputSize, weights, sources, beam } = args
  for (const [index, source] of sources.entries()) expectSource(source, index, inputSize)
  if (sources.length === 0) return []
  const parameters = parameterVariables(backend, model, inputSize, outputSize, 'sequence')
  writeAll(parameters, weights, 'The weights')
  const steps = Math.max(...sources.map(({ length }) => length))
  const batch = beam > 1 ? beam : Math.min(rowsAtOnce, sources.length)
  const decoder = new SequenceDecoder(backend, model, { inputSize, outputSize }, parameters, steps, batch)
  const breathe = breather(host)
  const decoded: DecodedSequence[] = []
  try {
    if (beam > 1) for (const source of sources) decoded.push(await beamSearch(decoder, source, steps, args, breathe))
    else for (let from = 0; from < sources.length; from += batch) decoded.push(...await greedy(decoder, sources.slice(from, from + batch), steps, args, breathe))
  } finally {
    await decoder.dispose()
  }
  return decoded
}

async function greedy(decoder: SequenceDecoder, sources: readonly Int32Array[], steps: number, { startToken, endToken, mostSteps, outputSize }: DecodeArguments, breathe: () => Promise<void>): Promise<DecodedSequence[]> {
  const { batch } = decoder
  const [x, lengths] = laidOut(sources, steps, batch)
  let state = await decoder.begin(x, lengths)
  const rows = sources.map(({ length }) => ({ tokens: [] as number[], logProbability: 0, ended: false, attention: [] as Float32Array[], length }))
  const last = new Int32Array(batch).fill(startToken)
  for (let step = 0; step < mostSteps && rows.some(({ ended }) => !ended); step++) {
    const found = await decoder.step(last, state)
    state = found.state
    for (const [row, one] of rows.entries()) {
      if (one.ended) continue
      const logits = found.logits.subarray(row * outputSize, (row + 1) * outputSize)
      const token = likeliest(logits)
      one.logProbability += logProbabilities(logits)[token]!
      if (found.attention) one.attention.push(found.attention.slice(row * steps, row * steps + one.length))
      one.ended = token === endToken
      if (!one.ended) one.tokens.push(token)
      last[row] = token
    }
    await breathe()
  }
  return rows.map(({ tokens, attention, length, ...rest }) => ({ ...rest, tokens: Int32Array.from(tokens), attention: attentionOf(attention, length), others: [] }))
}

function expectSource(source: Int32Array, index: number, vocabulary: number): void {
  if (source.length === 0) throw new UnrollError('input.invalid', `Source ${index + 1} is empty; an encoder needs at least one token.`, { hint: 'Leave it out.' })
  const wrong = source.findIndex((token) => !(token >= 0 && token < vocabulary))
  if (wrong < 0) return
  throw new UnrollError('input.invalid', `Token ${wrong} of source ${index + 1} should be 0 to ${vocabulary - 1} but is ${source[wrong]}.`, { hint: 'Use only symbols that the network was trained on.' })
}
