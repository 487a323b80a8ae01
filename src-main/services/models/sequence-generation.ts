import { UnrollError } from '@shared/errors'
import { endSymbol, startSymbol } from '../../data/records/pairs-dataset'
import type { SequenceAnswer } from '@shared/rpc/schemas'
import type { ComputeApi } from '../compute/protocol'
import { SymbolTable } from './symbol-table'
import { networkOf, codecOf, type TrainedModel } from './trained-model'

export interface SequenceRequest {
  source: string
  /** Symbols after which an answer is broken off that has not ended by itself. */
  length: number
  /** Answers kept side by side; 1: the likeliest symbol each time. */
  beam: number
}

export interface WrittenSequence {
  text: string
  /** Natural logarithm of the probability of the whole answer, its end included. */
  logProbability: number
  /** Whether it ended by itself. */
  ended: boolean
}

/**
 * What an encoder and decoder make of a sequence; the best of `answerCandidates`.
 * @throws UnrollError `playground.not-pairs`, `input.invalid` when the source is empty
 */
export async function answerSequence(compute: Pick<ComputeApi, 'decode'>, model: TrainedModel, request: SequenceRequest): Promise<WrittenSequence> {
  const { candidates: [best] } = await answerCandidates(compute, model, request)
  const { text, logProbability, ended } = best!
  return { text, logProbability, ended }
}

/** All that a beam found, best first, each with what it attended to. @throws UnrollError as `answerSequence` */
export async function answerCandidates(compute: Pick<ComputeApi, 'decode'>, model: TrainedModel, { source, length, beam }: SequenceRequest): Promise<SequenceAnswer> {
  const { experiment: { data, task }, symbols, classes } = model
  if (task.output !== 'sequence' || symbols === null || classes === null) {
    throw new UnrollError('playground.not-pairs', 'This network was not trained on pairs of sequences, so it can\'t answer one with another.', { hint: 'Let it write text, or forecast with it instead.' })
  }
  const tokens = symbols.encode(source)
  if (tokens.length === 0) throw new UnrollError('input.invalid', 'There is nothing to answer: the sequence is empty.', { hint: 'Give at least one symbol (on the command line by --prompt).' })
  const [answer] = await compute.decode({
    ...networkOf(model), sources: [tokens], startToken: classes.indexOf(startSymbol), endToken: classes.indexOf(endSymbol), mostSteps: length, beam,
  })
  const outputs = new SymbolTable(classes, codecOf(data))
  const { others, ...best } = answer!
  return {
    step: model.step, source: symbols.split(source), unknown: [...tokens].flatMap((token, at) => (token === 0 ? [at] : [])),
    candidates: [best, ...others].map(({ tokens: written, logProbability, ended, attention }) => ({
      text: outputs.decode(written), symbols: Array.from(written, (token) => classes[token] ?? ''), logProbability, ended, attention: attention?.weights ?? null,
    })),
  }
}
