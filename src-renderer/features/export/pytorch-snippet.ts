import { readsTokens } from '@shared/experiment/plan'
import { seriesInputs } from '@shared/experiment/series-columns'
import { parameterCount } from '@shared/model/weights'
import type { Run } from '@shared/rpc/schemas'

/** Widths of x_t and y_t as the network sees them. */
export interface Widths { input: number; output: number }

const largestVocabulary = 2 ** 21

/**
 * The widths of a run's network, from its experiment; for a text, whose vocabulary the experiment doesn't name, from its
 * number of parameters, which is linear in it: n = P(0) + V · (P(1) − P(0)) with V both wide in and out.
 * @returns null where they can't be told
 */
export function widthsOf({ experiment: { data, model }, parameters }: Run): Widths | null {
  if (data.kind === 'series') return { input: seriesInputs(data).length, output: data.target.length }
  if (data.kind === 'generated' && data.generator === 'adding') return { input: 2, output: 1 }
  if (data.kind !== 'text') return null
  const [none, one] = [parameterCount(model, 0, 0), parameterCount(model, 1, 1)]
  const vocabulary = (parameters - none) / (one - none)
  return Number.isInteger(vocabulary) && vocabulary > 0 && vocabulary < largestVocabulary ? { input: vocabulary, output: vocabulary } : null
}

/** Python that loads the weights into PyTorch's own modules, with this run's shapes, and computes y as the run did. */
export function pytorchSnippet({ experiment: { model, task, data } }: Run, widths: Widths, fileName: string): string {
  const layer = { rnn: 'RNN', gru: 'GRU', lstm: 'LSTM' }[model.cell]
  const embedded = model.embeddingSize !== null
  const options = [
    ...(model.cell === 'rnn' ? [`nonlinearity="${model.activation}"`] : []),
    ...(model.layers > 1 ? [`num_layers=${model.layers}`] : []),
    ...(model.bidirectional ? ['bidirectional=True'] : []),
    'batch_first=True',
  ]
  const parts = [...(embedded ? ['embedding'] : []), 'rnn', 'head']
  const lines = [
    'import torch',
    'from safetensors.torch import load_file',
    '',
    `weights = load_file(${JSON.stringify(fileName)})`,
    '',
    'def part(name):',
    '    return {key.removeprefix(name): weights[key]',
    '            for key in weights if key.startswith(name)}',
    '',
    ...(embedded ? [`embedding = torch.nn.Embedding(${widths.input}, ${model.embeddingSize})`] : []),
    `rnn = torch.nn.${layer}(${model.embeddingSize ?? widths.input}, ${model.hiddenSize}, ${options.join(', ')})`,
    `head = torch.nn.Linear(${model.hiddenSize * (model.bidirectional ? 2 : 1)}, ${widths.output})`,
    ...parts.map((name) => `${name}.load_state_dict(part("${name}."))`),
    '',
    ...inputLines(embedded, readsTokens(data), widths),
    ...outputLines(model, task.output === 'last-step', widths),
  ]
  return lines.join('\n')
}

function inputLines(embedded: boolean, tokens: boolean, { input }: Widths): string[] {
  if (embedded) return ['x = embedding(tokens)    # tokens: [batch, steps], 0 to ' + String(input - 1)]
  if (tokens) return [`# tokens: [batch, steps], 0 to ${input - 1}`, `x = torch.nn.functional.one_hot(tokens, ${input}).float()`]
  return [`# x: [batch, steps, ${input}]`]
}

/** At the last step the head reads the top layer's final state: of both directions, each at its own end. */
function outputLines({ cell, bidirectional }: Run['experiment']['model'], lastStep: boolean, { output }: Widths): string[] {
  const state = cell === 'lstm' ? '(last, _)' : 'last'
  if (!lastStep) return [`hidden, ${state} = rnn(x)`, `y = head(hidden)         # [batch, steps, ${output}]`]
  return [`hidden, ${state} = rnn(x)`, bidirectional ? `y = head(torch.cat([last[-2], last[-1]], 1))   # [batch, ${output}]` : `y = head(last[-1])       # [batch, ${output}]`]
}
