import type { Run } from '@shared/rpc/schemas'

/** Widths of x_t and y_t as the network sees them. */
export interface Widths { input: number; output: number }

/**
 * The widths of a run's network, from its experiment; for a text, whose vocabulary the experiment doesn't name, from its
 * number of parameters: one Elman layer has V·H + H·H + 2H in the cell and H·V + V in the head.
 * @returns null where they can't be told
 */
export function widthsOf({ experiment: { data, model }, parameters }: Run): Widths | null {
  if (data.kind === 'series') return { input: data.columns.length, output: data.target.length }
  if (data.kind === 'generated') return { input: 2, output: 1 }
  const hidden = model.hiddenSize
  if (data.kind !== 'text' || model.cell !== 'rnn' || model.layers !== 1 || model.bidirectional || model.embeddingSize !== null) return null
  const vocabulary = (parameters - hidden * hidden - 2 * hidden) / (2 * hidden + 1)
  return Number.isInteger(vocabulary) && vocabulary > 0 ? { input: vocabulary, output: vocabulary } : null
}

/** Python that loads the weights into PyTorch's own modules, with this run's shapes. */
export function pytorchSnippet(run: Run, widths: Widths, fileName: string): string {
  const { model } = run.experiment
  const layer = { rnn: 'RNN', gru: 'GRU', lstm: 'LSTM' }[model.cell]
  const options = [
    ...(model.cell === 'rnn' ? [`nonlinearity="${model.activation}"`] : []),
    ...(model.layers > 1 ? [`num_layers=${model.layers}`] : []),
    ...(model.bidirectional ? ['bidirectional=True'] : []),
    'batch_first=True',
  ]
  const head = model.hiddenSize * (model.bidirectional ? 2 : 1)
  return `import torch
from safetensors.torch import load_file

weights = load_file(${JSON.stringify(fileName)})

def part(name):
    return {key.removeprefix(name): weights[key]
            for key in weights if key.startswith(name)}

rnn = torch.nn.${layer}(${model.embeddingSize ?? widths.input}, ${model.hiddenSize}, ${options.join(', ')})
head = torch.nn.Linear(${head}, ${widths.output})
rnn.load_state_dict(part("rnn."))
head.load_state_dict(part("head."))

hidden, last = rnn(x)   # x: [batch, steps, ${widths.input}]
y = head(hidden)        # [batch, steps, ${widths.output}]`
}
