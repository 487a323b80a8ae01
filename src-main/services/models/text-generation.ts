import { UnrollError } from '@shared/errors'
import type { GeneratedText } from '@shared/rpc/schemas'
import type { ComputeApi } from '../compute/protocol'
import { networkOf, tellsNextSymbol, type TrainedModel } from './trained-model'

export interface TextRequest { prompt: string; length: number; temperature: number; seed: number }

/**
 * Goes on with a prompt, character by character.
 * @returns what follows the prompt, without it
 * @throws UnrollError `prompt.unknown-symbol`, `playground.not-text`
 */
export async function generateText(compute: Pick<ComputeApi, 'sample'>, model: TrainedModel, { prompt, length, temperature, seed }: TextRequest): Promise<GeneratedText> {
  const { symbols } = model
  if (symbols === null || !tellsNextSymbol(model)) throw new UnrollError('playground.not-text', 'This network was not trained on text, so it can\'t write any.', { hint: 'Networks of series forecast; what others are worth, their figures tell.' })
  const { weights, model: spec } = networkOf(model)
  const { tokens, logProbabilities } = await compute.sample({ model: spec, weights, vocabulary: symbols.size, prompt: symbols.encode(prompt), length, temperature, seed })
  return { text: symbols.decode(tokens), logProbabilities, seed }
}
