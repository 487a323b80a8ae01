import { type Experiment, experimentSchema } from '@shared/experiment/schema'
import { trainingPlan } from '@shared/experiment/plan'
import { doubtful, unsupported } from '@shared/experiment/unsupported'
import type { $ZodIssue } from 'zod/v4/core'
import { applies } from './applies'
import type { Draft, FieldName } from './draft'
import { experimentOf } from './experiment-of'
import { formatCount } from '../../ui/format'

export type FieldErrors = Partial<Record<FieldName, string>>

export interface Checked {
  /** Null while a field is at fault. */
  experiment: Experiment | null
  errors: FieldErrors
  /** What is wrong with no single field. */
  general: string[]
}

export const labels = {
  name: 'Name', cell: 'Cell', activation: 'Activation', hiddenSize: 'Hidden size', layers: 'Layers', bidirectional: 'Both directions', dropout: 'Dropout', inputDropout: 'Dropout on the input',
  embed: 'Embedding', embeddingSize: 'Embedding size', init: 'Initial weights', initFile: 'Weights file', forgetBias: 'Forget-gate bias', attention: 'Attention', teacherForcing: 'Teacher forcing',
  window: 'Window', stride: 'Stride', carryState: 'Carry the state', batchSize: 'Batch size', shuffle: 'Shuffle',
  optimizer: 'Optimizer', learningRate: 'Learning rate', momentum: 'Momentum', nesterov: 'Nesterov', alpha: 'α', beta1: 'β₁', beta2: 'β₂', epsilon: 'ε', weightDecay: 'Weight decay',
  clip: 'Clip', clipNorm: 'Largest norm', clipEach: 'Clip each element', clipValue: 'Largest element',
  schedule: 'Schedule', warmupSteps: 'Warm-up', scheduleEvery: 'Every', scheduleFactor: 'Factor', schedulePer: 'Per', scheduleSteps: 'Down to the minimum in', scheduleMinimum: 'Minimum', schedulePatience: 'Patience of the rate',
  loss: 'Loss', labelSmoothing: 'Label smoothing', classWeights: 'Class weights', stopEarly: 'Stop early', patience: 'Patience',
  length: 'Train for', epochs: 'Epochs', maxSteps: 'Steps', seed: 'Seed', checkpointEvery: 'Checkpoint every', validateEvery: 'Validate every', gradientFlowEvery: 'Gradient flow every', device: 'Device',
} as const satisfies Record<FieldName, string>

/** Fields by their path in the experiment file; paths of optimizer and schedule follow from the kind. */
const fieldOfPath: Record<string, FieldName> = {
  'name': 'name', 'device': 'device', 'data.stride': 'stride', 'model.embeddingSize': 'embeddingSize', 'task.loss': 'loss', 'task.labelSmoothing': 'labelSmoothing', 'task.classWeights': 'classWeights',
  'training.earlyStopping': 'stopEarly', 'training.earlyStopping.patience': 'patience',
  'training.optimizer.kind': 'optimizer', 'training.optimizer.betas.0': 'beta1', 'training.optimizer.betas.1': 'beta2',
  'training.schedule': 'schedule', 'training.schedule.kind': 'schedule', 'training.schedule.every': 'scheduleEvery', 'training.schedule.factor': 'scheduleFactor', 'training.schedule.per': 'schedulePer',
  'training.schedule.totalSteps': 'scheduleSteps', 'training.schedule.minimum': 'scheduleMinimum', 'training.schedule.patience': 'schedulePatience', 'training.schedule.warmupSteps': 'warmupSteps',
  ...pathsOf('model', ['cell', 'activation', 'hiddenSize', 'layers', 'bidirectional', 'dropout', 'inputDropout', 'init', 'forgetBias', 'attention']),
  ...pathsOf('training', ['window', 'carryState', 'batchSize', 'shuffle', 'seed', 'epochs', 'maxSteps', 'clipNorm', 'clipValue', 'checkpointEvery', 'validateEvery', 'gradientFlowEvery', 'teacherForcing']),
  ...pathsOf('training.optimizer', ['learningRate', 'momentum', 'nesterov', 'alpha', 'epsilon', 'weightDecay']),
}

function pathsOf(section: string, fields: readonly FieldName[]): Record<string, FieldName> {
  return Object.fromEntries(fields.map((field) => [`${section}.${field}`, field]))
}

/** The field a path of the experiment file stands for; null when the form has none. */
export const fieldOf = (path: string): FieldName | null => fieldOfPath[path] ?? null

/** Fields in which nothing means something of its own; anywhere else an empty field is a mistake. */
const emptyMeans: readonly FieldName[] = ['validateEvery', 'gradientFlowEvery', 'scheduleSteps', 'stride']

/** A zod issue as a sentence about a field. */
export function inWords(issue: $ZodIssue, label: string): string {
  if (issue.code === 'too_small') return Number(issue.minimum) === 1 && issue.origin === 'string' ? `${label} is missing.` : `${label} must be ${issue.inclusive ? 'at least' : 'more than'} ${formatCount2(issue.minimum)}.`
  if (issue.code === 'too_big') return issue.origin === 'string' ? `${label} must be at most ${issue.maximum} characters long.` : `${label} must be ${issue.inclusive ? 'at most' : 'less than'} ${formatCount2(issue.maximum)}.`
  if (issue.code === 'invalid_type') return issue.expected === 'int' ? `${label} must be a whole number.` : `${label} must be a number.`
  return `${label}: ${issue.message}`
}

const formatCount2 = (value: number | bigint): string => Number.isInteger(Number(value)) && Math.abs(Number(value)) >= 1000 ? formatCount(Number(value)) : String(value)

/**
 * Checks a draft against the schema, against what this version runs, and against the size of the training part.
 * @param trainCount characters, rows or sequences of the training part; null: not known yet
 */
export function checkDraft(draft: Draft, base: Experiment, trainCount: number | null): Checked {
  const errors: FieldErrors = {}
  const general: string[] = []
  const put = (field: FieldName | null, sentence: string) => {
    if (field === null) general.push(sentence)
    else errors[field] ??= sentence
  }
  for (const field of Object.keys(labels) as FieldName[]) {
    const value = draft[field]
    if (applies(draft, field, base) && value === null && !emptyMeans.includes(field)) put(field, `${labels[field]} is missing: enter a number.`)
  }

  if (draft.init === 'file' && draft.initFile.trim() === '') put('initFile', 'Weights file is missing: name a .safetensors file in the dataset\'s folder.')

  const first = experimentSchema.safeParse(experimentOf(draft, base))
  if (!first.success) {
    for (const issue of first.error.issues) {
      const field = fieldOf(issue.path.join('.'))
      put(field, inWords(issue, field ? labels[field] : issue.path.join('.')))
    }
  }
  if (!first.success || Object.keys(errors).length > 0) return { experiment: null, errors, general }

  const plan = trainCount === null ? null : trainingPlan(first.data, trainCount)
  const experiment = experimentSchema.parse(experimentOf(draft, base, plan?.stepsPerEpoch ?? 0))
  for (const { path, message } of [...unsupported(experiment), ...doubtful(experiment)]) put(fieldOf(path), message)
  if (plan && plan.stepsPerEpoch === 0) put(...tooShort(experiment, plan.positions))
  return { experiment: Object.keys(errors).length + general.length > 0 ? null : experiment, errors, general }
}

function tooShort({ training: { window, batchSize, carryState } }: Experiment, positions: number): [FieldName, string] {
  const has = `the training part has ${formatCount(positions)}`
  const windows = Math.floor(positions / window)
  if (windows < 1) return ['window', `A window of ${formatCount(window)} steps is longer than the data: ${has}. Use ${formatCount(Math.max(1, positions))} or less.`]
  if (!carryState) return ['batchSize', `There are no ${formatCount(batchSize)} windows of ${formatCount(window)} steps: ${has} steps.`]
  return ['batchSize', `${formatCount(batchSize)} lanes of ${formatCount(window)} steps need ${formatCount(batchSize * window)} steps, but ${has}. Use ${formatCount(windows)} or less.`]
}
