import { wrongParameters } from './generators'
import { arePairs } from './plan'
import { initKinds } from './model-schema'
import type { Experiment } from './schema'

/** What a valid file asks for that this build can't run, in the words of the file. Empty when all of it runs. */
export function unsupported(experiment: Experiment): { path: string; message: string }[] {
  const { data, task, model, training } = experiment
  const found: { path: string; message: string }[] = []
  const say = (path: string, message: string) => found.push({ path, message })

  if (data.kind === 'generated') found.push(...wrongParameters(data))
  if (data.kind === 'series') {
    if (data.key !== null && training.carryState) say('training.carryState', 'training.carryState can\'t go with data.key: the state of one series would flow into the next. Set it to false.')
    if (data.split === 'key' && data.key === null) say('data.split', 'data.split "key" holds out whole series, but data.key names no column that tells them apart. Name it, or set data.split to "time".')
    if (data.steps === 'fill' && data.missing === 'refuse') say('data.missing', 'data.steps "fill" gives steps without a row missing values, but data.missing is "refuse". Set it to "previous" or "linear".')
    for (const [key, set] of [['steps', data.steps !== 'as-is'], ['calendar', data.calendar.length > 0]] as const) {
      if (set && data.time === null) say('data.time', `data.${key} needs the time column. Name it in data.time.`)
    }
  }
  if (data.kind === 'records' && data.split === 'given' && data.part === undefined) say('data.part', 'data.split "given" needs data.part, the column that names the part of each record.')
  if (data.kind === 'text' && data.unit === 'byte') {
    for (const [key, set] of [['encoding', data.encoding !== undefined], ['lowerCase', data.lowerCase], ['normalise', data.normalise !== 'none']] as const) {
      if (set) say(`data.${key}`, `data.${key} is for characters and words, but data.unit is byte: bytes are taken as they are. Leave it out.`)
    }
  }
  if (task.output === 'sequence') {
    if (data.kind !== 'records' && !arePairs(data)) say('task.output', `task.output "sequence" is for pairs of sequences: data.kind "records" with data.output, or the generator "dates"; data.kind is ${data.kind}.`)
    if (task.loss !== 'cross-entropy') say('task.loss', `task.output "sequence" writes tokens: task.loss should be cross-entropy, but is ${task.loss}.`)
    if (task.classWeights) say('task.classWeights', 'task.classWeights is for classes; the tokens of a sequence all count alike. Set it to null.')
  } else if (model.attention) {
    say('model.attention', `model.attention is between a decoder and its encoder, but task.output is ${task.output}. Set it to false.`)
  }

  if (model.init === 'identity' && model.cell !== 'rnn') say('model.init', `model.init "identity" is for the Elman cell, where U = I; model.cell is ${model.cell}. Set it to orthogonal, or model.cell to rnn.`)
  if (model.forgetBias !== 0 && model.cell !== 'lstm') say('model.forgetBias', `model.forgetBias is for the LSTM's forget gate, but model.cell is ${model.cell}. Set it to 0.`)
  if (model.forgetBias !== 0 && !(initKinds as readonly string[]).includes(model.init)) {
    say('model.forgetBias', 'model.forgetBias is added to fresh weights, but model.init names a file. Set it to 0.')
  }
  if (training.optimizer.kind === 'sgd' && training.optimizer.nesterov && training.optimizer.momentum === 0) {
    say('training.optimizer.nesterov', 'training.optimizer.nesterov needs a momentum above 0.')
  }
  if (task.loss !== 'cross-entropy') {
    for (const [path, set] of [['task.labelSmoothing', (task.labelSmoothing ?? 0) !== 0], ['task.classWeights', (task.classWeights ?? null) !== null]] as const) {
      if (set) say(path, `${path} is for classes, but task.loss is ${task.loss}.`)
    }
  }
  return found
}

/** What runs as PyTorch runs it, but hardly as it was meant; the screens don't offer it. Empty when nothing is doubtful. */
export function doubtful(experiment: Experiment): { path: string; message: string }[] {
  const { data, model, training } = experiment
  if (!model.bidirectional) return []
  if (readsItsAnswer(experiment)) {
    return [{ path: 'model.bidirectional', message: 'model.bidirectional lets the network read what it should predict: the target of a step is in the input of a later one, so its loss says nothing. Set it to false, or task.output to last-step.' }]
  }
  if (training.carryState && (data.kind === 'text' || data.kind === 'series')) {
    return [{ path: 'training.carryState', message: 'training.carryState hands the reverse direction, at a window\'s end, its state from the start of the window before: steps it has no reason to know. Set it, or model.bidirectional, to false.' }]
  }
  return []
}

/** Streams whose target of a step is in the input of a later step of the same window. */
function readsItsAnswer({ data, task }: Experiment): boolean {
  if (task.output !== 'every-step') return false
  return data.kind === 'text' || (data.kind === 'series' && data.target.some((column) => data.columns.includes(column)))
}
