import type { Experiment } from './schema'

/** What a valid file asks for that this build can't run, in the words of the file. Empty when all of it runs. */
export function unsupported(experiment: Experiment): { path: string; message: string }[] {
  const { data, task, model, training } = experiment
  const found: { path: string; message: string }[] = []
  const refuse = (path: string, value: string, runs: string) =>
    found.push({ path, message: `${path} "${value}" isn't built yet; this version runs ${runs}.` })

  if (data.kind === 'audio') refuse('data.kind', data.kind, 'text, series, records, tensors and generated')
  if (data.kind === 'text' && data.unit !== 'char') refuse('data.unit', data.unit, 'char')
  if (task.output === 'sequence') refuse('task.output', task.output, 'every-step and last-step')
  if (task.loss === 'mae' || task.loss === 'huber') refuse('task.loss', task.loss, 'cross-entropy and mse')
  if (model.cell !== 'rnn') refuse('model.cell', model.cell, 'rnn')
  if (model.layers !== 1) refuse('model.layers', String(model.layers), '1')
  if (model.bidirectional) refuse('model.bidirectional', 'true', 'false')
  if (model.dropout !== 0) refuse('model.dropout', String(model.dropout), '0')
  if (model.embeddingSize !== null) refuse('model.embeddingSize', String(model.embeddingSize), 'null (one-hot input)')
  if (model.init === 'orthogonal' || model.init === 'identity') refuse('model.init', model.init, 'default and a .safetensors file')
  const optimizer = training.optimizer
  if (optimizer.kind === 'adamw' || optimizer.kind === 'rmsprop') refuse('training.optimizer.kind', optimizer.kind, 'sgd and adam')
  if (optimizer.kind === 'sgd' && optimizer.nesterov) refuse('training.optimizer.nesterov', 'true', 'false')
  if (optimizer.weightDecay !== 0) refuse('training.optimizer.weightDecay', String(optimizer.weightDecay), '0')
  if (training.schedule.kind !== 'constant') refuse('training.schedule.kind', training.schedule.kind, 'constant')
  if ((training.schedule.warmupSteps ?? 0) > 0) refuse('training.schedule.warmupSteps', String(training.schedule.warmupSteps), '0')
  if (training.earlyStopping !== null) refuse('training.earlyStopping', 'set', 'null')
  return found
}
