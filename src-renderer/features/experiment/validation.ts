import { type Experiment, experimentSchema } from '@shared/experiment/schema'
import { trainingPlan } from '@shared/experiment/plan'
import { unsupported } from '@shared/experiment/unsupported'
import type { $ZodIssue } from 'zod/v4/core'
import type { Draft, FieldName } from './draft'
import { experimentOf } from './draft'
import { formatCount } from '../../ui/format'

export type FieldErrors = Partial<Record<FieldName, string>>

export interface Checked {
  /** Null while a field is at fault. */
  experiment: Experiment | null
  errors: FieldErrors
  /** What is wrong with no single field. */
  general: string[]
}

const labels = {
  name: 'Name', activation: 'Activation', hiddenSize: 'Hidden size', window: 'Window', carryState: 'Carry the state', batchSize: 'Batch size', shuffle: 'Shuffle',
  optimizer: 'Optimizer', learningRate: 'Learning rate', momentum: 'Momentum', beta1: 'β₁', beta2: 'β₂', epsilon: 'ε', clip: 'Clip', clipNorm: 'Largest norm',
  length: 'Train for', epochs: 'Epochs', maxSteps: 'Steps', seed: 'Seed', init: 'First weights', checkpointEvery: 'Checkpoint every', validateEvery: 'Validate every', device: 'Device',
} as const satisfies Record<FieldName, string>

const fieldOfPath: Record<string, FieldName> = {
  'name': 'name', 'model.activation': 'activation', 'model.hiddenSize': 'hiddenSize', 'training.window': 'window', 'training.batchSize': 'batchSize',
  'training.seed': 'seed', 'model.init': 'init', 'training.epochs': 'epochs', 'training.maxSteps': 'maxSteps', 'training.clipNorm': 'clipNorm',
  'training.optimizer.kind': 'optimizer', 'training.optimizer.learningRate': 'learningRate', 'training.optimizer.momentum': 'momentum',
  'training.optimizer.betas.0': 'beta1', 'training.optimizer.betas.1': 'beta2', 'training.optimizer.epsilon': 'epsilon',
  'training.checkpointEvery': 'checkpointEvery', 'training.validateEvery': 'validateEvery', 'device': 'device',
}

/** The field a path of the experiment file stands for; null when the form has none. */
export const fieldOf = (path: string): FieldName | null => fieldOfPath[path] ?? null

/** Fields in which nothing means something of its own; anywhere else an empty field is a mistake. */
const emptyMeans: readonly FieldName[] = ['validateEvery']

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
    if (isShown(draft, field) && value === null && !emptyMeans.includes(field)) put(field, `${labels[field]} is missing: enter a number.`)
  }

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
  for (const { path, message } of unsupported(experiment)) put(fieldOf(path), message)
  if (plan && plan.stepsPerEpoch === 0) put(...tooShort(experiment, plan.positions))
  return { experiment: Object.keys(errors).length + general.length > 0 ? null : experiment, errors, general }
}

/** Whether a field is on the form as it stands; what isn't can't be at fault. */
function isShown(draft: Draft, field: FieldName): boolean {
  if (field === 'momentum') return draft.optimizer === 'sgd'
  if (field === 'beta1' || field === 'beta2' || field === 'epsilon') return draft.optimizer === 'adam'
  if (field === 'clipNorm') return draft.clip
  if (field === 'epochs') return draft.length === 'epochs'
  return field === 'maxSteps' ? draft.length === 'steps' : true
}

function tooShort({ training: { window, batchSize, carryState } }: Experiment, positions: number): [FieldName, string] {
  const has = `the training part has ${formatCount(positions)}`
  const windows = Math.floor(positions / window)
  if (windows < 1) return ['window', `A window of ${formatCount(window)} steps is longer than the data: ${has}. Use ${formatCount(Math.max(1, positions))} or less.`]
  if (!carryState) return ['batchSize', `There are no ${formatCount(batchSize)} windows of ${formatCount(window)} steps: ${has} steps.`]
  return ['batchSize', `${formatCount(batchSize)} lanes of ${formatCount(window)} steps need ${formatCount(batchSize * window)} steps, but ${has}. Use ${formatCount(windows)} or less.`]
}
