import type { DecodeArguments } from './decode-sequences'
import { attentionOf, laidOut, logProbabilities, type DecodedSequence, type Hypothesised } from './decoding'
import type { DecoderState, SequenceDecoder } from './sequence-decoder'

/** One of the sequences kept side by side; its decoder state is in a row of the batch. */
interface Hypothesis {
  tokens: number[]
  logProbability: number
  attention: Float32Array[]
  row: number
}

interface Candidate {
  from: Hypothesis
  token: number
  logProbability: number
}

/**
 * Beam search: at every step the `beam` most likely continuations of all sequences kept go on; those among them that end are
 * set aside, the best `beam` of these, their length taken into account. It is over when the likeliest sequence that goes on
 * scores less than the worst set aside: an unlikely early end must not stop a likelier sequence on its way.
 * @param steps of the decoder's sources
 */
export async function beamSearch(decoder: SequenceDecoder, source: Int32Array, steps: number, args: DecodeArguments, breathe: () => Promise<void>): Promise<DecodedSequence> {
  const { startToken, endToken, mostSteps, outputSize, beam, lengthPenalty = 1 } = args
  const scoreOf = (logProbability: number, length: number) => logProbability / length ** lengthPenalty
  let state = await decoder.begin(...laidOut(Array.from({ length: beam }, () => source), steps, beam))
  let live: Hypothesis[] = [{ tokens: [], logProbability: 0, attention: [], row: 0 }]
  let finished: (Hypothesis & { score: number; ended: boolean })[] = []
  const over = () => live[0] === undefined || (finished.length >= beam && scoreOf(live[0].logProbability, live[0].tokens.length + 1) <= finished.at(-1)!.score)

  for (let step = 0; step < mostSteps && !over(); step++) {
    const last = new Int32Array(beam).fill(startToken)
    for (const { row, tokens } of live) last[row] = tokens.at(-1) ?? startToken
    const found = await decoder.step(last, state)
    const attentionAt = ({ row }: Hypothesis) => (found.attention ? [found.attention.slice(row * steps, row * steps + source.length)] : [])
    const next: Hypothesis[] = []
    for (const [rank, { from, token, logProbability }] of bestContinuations(live, found.logits, outputSize, 2 * beam).entries()) {
      const attention = [...from.attention, ...attentionAt(from)]
      if (token === endToken && rank < beam) finished.push({ tokens: from.tokens, logProbability, attention, row: from.row, score: scoreOf(logProbability, from.tokens.length + 1), ended: true })
      else if (token !== endToken && next.length < beam) next.push({ tokens: [...from.tokens, token], logProbability, attention, row: from.row })
    }
    finished = finished.sort((a, b) => b.score - a.score).slice(0, beam)
    state = reordered(found.state, next.map(({ row }) => row), beam)
    live = next.map((one, row) => ({ ...one, row }))
    await breathe()
  }
  // What has not ended within mostSteps is broken off; it only counts where nothing has ended.
  if (finished.length === 0) finished.push(...live.map((one) => ({ ...one, score: scoreOf(one.logProbability, Math.max(1, one.tokens.length)), ended: false })))
  const [best, ...others] = finished.sort((a, b) => b.score - a.score).map(({ tokens, logProbability, ended, attention }): Hypothesised =>
    ({ tokens: Int32Array.from(tokens), logProbability, ended, attention: attentionOf(attention, source.length) }))
  return { ...best!, others }
}

/** The `count` most likely continuations by one token; the earlier sequence and the smaller token first of equals. */
function bestContinuations(live: readonly Hypothesis[], logits: Float32Array, width: number, count: number): Candidate[] {
  const all = live.flatMap((from) => Array.from(logProbabilities(logits.subarray(from.row * width, (from.row + 1) * width)),
    (value, token): Candidate => ({ from, token, logProbability: from.logProbability + value })))
  return all.sort((a, b) => b.logProbability - a.logProbability).slice(0, count)
}

/** The decoder's states with row `rows[k]` in row k. What it attends to is the same in all of them. */
function reordered({ states, keys, lengths }: DecoderState, rows: readonly number[], batch: number): DecoderState {
  const moved = Object.fromEntries(Object.entries(states).map(([name, values]) => {
    const [width, next] = [values.length / batch, values.slice()]
    for (const [to, from] of rows.entries()) next.set(values.subarray(from * width, (from + 1) * width), to * width)
    return [name, next]
  }))
  return { states: moved, keys, lengths }
}
