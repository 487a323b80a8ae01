import { UnrollError } from '@shared/errors'
import { answerSequence } from '../../services/models/sequence-generation'
import { generateText, type TextRequest } from '../../services/models/text-generation'
import type { WhichWeights } from '../../services/runs/run-folder'
import { withModel } from './with-model'

export interface GenerateOptions extends TextRequest { beam?: number; weights: WhichWeights; json?: boolean }

/** `unroll generate RUN`: the prompt and what the network makes of it; of encoder and decoder the answer alone. On stdout. */
export async function generate(run: string, { weights, json, beam, ...request }: GenerateOptions): Promise<void> {
  const { prompt, length } = request
  const [line, asJson] = await withModel(run, weights, async (client, model): Promise<[string, object]> => {
    if (model.experiment.task.output === 'sequence') {
      const answer = await answerSequence(client, model, { source: prompt, length, beam: beam ?? 1 })
      return [answer.text, { prompt, ...answer }]
    }
    if (beam !== undefined) throw new UnrollError('generate.beam', '--beam is for networks that answer a sequence with another; this one samples symbol by symbol.', { hint: 'Leave it out; --temperature 0 takes the likeliest symbol each time.' })
    const { text, logProbabilities, seed } = await generateText(client, model, request)
    return [`${prompt}${text}`, { prompt, text, seed, logProbabilities: [...logProbabilities] }]
  })
  process.stdout.write(`${json === true ? JSON.stringify(asJson) : line}\n`)
}
