import type { WhichWeights } from '../../services/runs/run-folder'
import { generateText, type TextRequest } from '../../services/models/text-generation'
import { withModel } from './with-model'

/** `unroll generate RUN`: the prompt and what the network makes of it, on stdout. */
export async function generate(run: string, { weights, json, ...request }: TextRequest & { weights: WhichWeights; json?: boolean }): Promise<void> {
  const { text, logProbabilities, seed } = await withModel(run, weights, (client, model) => generateText(client, model, request))
  process.stdout.write(json === true
    ? `${JSON.stringify({ prompt: request.prompt, text, seed, logProbabilities: [...logProbabilities] })}\n`
    : `${request.prompt}${text}\n`)
}
