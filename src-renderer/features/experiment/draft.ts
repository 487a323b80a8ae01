import { initKinds } from '@shared/experiment/model-schema'
import type { Experiment, OptimizerSpec } from '@shared/experiment/schema'

/** A field of numbers as it is while being typed: null is empty, NaN no number. */
export type Entry = number | null

type Model = Experiment['model']
type Training = Experiment['training']

/** Where the weights start from: one of the engine's distributions, or a file's. */
export type InitKind = (typeof initKinds)[number] | 'file'

/** The form: everything of an experiment that a person can choose here, flat. What doesn't apply keeps its value unseen. */
export interface Draft {
  name: string
  cell: Model['cell']
  activation: Model['activation']
  hiddenSize: Entry
  layers: Entry
  bidirectional: boolean
  /** Between layers. */
  dropout: Entry
  inputDropout: Entry
  /** Tokens enter as learned vectors instead of one-hot. */
  embed: boolean
  embeddingSize: Entry
  init: InitKind
  /** A .safetensors file in the dataset's folder. */
  initFile: string
  forgetBias: Entry
  /** Of encoder and decoder. */
  attention: boolean
  teacherForcing: Entry
  window: Entry
  carryState: boolean
  batchSize: Entry
  shuffle: boolean
  optimizer: OptimizerSpec['kind']
  learningRate: Entry
  momentum: Entry
  nesterov: boolean
  alpha: Entry
  beta1: Entry
  beta2: Entry
  epsilon: Entry
  weightDecay: Entry
  clip: boolean
  clipNorm: Entry
  clipEach: boolean
  clipValue: Entry
  schedule: Training['schedule']['kind']
  warmupSteps: Entry
  /** step: steps between two falls. */
  scheduleEvery: Entry
  /** step, exponential, plateau: what the rate is multiplied by. */
  scheduleFactor: Entry
  schedulePer: 'step' | 'epoch'
  /** cosine: steps down to the minimum; null: the whole run. */
  scheduleSteps: Entry
  scheduleMinimum: Entry
  /** plateau: validations without a new best before the rate falls. */
  schedulePatience: Entry
  loss: Experiment['task']['loss']
  labelSmoothing: Entry
  /** 'list': the weights that the opened file names. */
  classWeights: 'none' | 'balanced' | 'list'
  stopEarly: boolean
  patience: Entry
  /** What ends the training. */
  length: 'epochs' | 'steps'
  epochs: Entry
  maxSteps: Entry
  /** Of a series whose state isn't carried; null: a quarter of the window. */
  stride: Entry
  seed: Entry
  checkpointEvery: Entry
  /** null: once an epoch and at every checkpoint. */
  validateEvery: Entry
  /** Steps between two looks at the gradient flow; null: none. */
  gradientFlowEvery: Entry
  device: Experiment['device']
}

export type FieldName = keyof Draft

/** What each kind of optimizer starts from when it is chosen. */
export const optimizerDefaults: Record<OptimizerSpec['kind'], Partial<Draft>> = {
  sgd: { learningRate: 0.1, momentum: 0.9, nesterov: false, weightDecay: 0 },
  rmsprop: { learningRate: 0.001, alpha: 0.99, momentum: 0, epsilon: 1e-8, weightDecay: 0 },
  adam: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
  // Without decay it would be Adam.
  adamw: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
}

/** What each schedule starts from when it is chosen. */
export const scheduleDefaults: Record<Draft['schedule'], Partial<Draft>> = {
  constant: {},
  step: { scheduleFactor: 0.1 },
  exponential: { scheduleFactor: 0.9, schedulePer: 'epoch' },
  cosine: {},
  plateau: { scheduleFactor: 0.5 },
}

export function draftOf({ name, data, task, model, training, device }: Experiment): Draft {
  const initKind = initKinds.find((kind) => kind === model.init) ?? 'file'
  const { labelSmoothing, classWeights } = task
  return {
    name, device,
    cell: model.cell, activation: model.activation, hiddenSize: model.hiddenSize, layers: model.layers, bidirectional: model.bidirectional,
    dropout: model.dropout, inputDropout: model.inputDropout, embed: model.embeddingSize !== null, embeddingSize: model.embeddingSize ?? 32,
    init: initKind, initFile: initKind === 'file' ? model.init : '', forgetBias: model.forgetBias, attention: model.attention, teacherForcing: training.teacherForcing,
    window: training.window, stride: data.kind === 'series' ? data.stride : null, carryState: training.carryState, batchSize: training.batchSize, shuffle: training.shuffle,
    ...optimizerFields(training.optimizer),
    clip: training.clipNorm !== null, clipNorm: training.clipNorm ?? 1, clipEach: training.clipValue !== null, clipValue: training.clipValue ?? 1,
    ...scheduleFields(training.schedule),
    loss: task.loss, labelSmoothing: labelSmoothing ?? 0, classWeights: Array.isArray(classWeights) ? 'list' : classWeights ?? 'none',
    stopEarly: training.earlyStopping !== null, patience: training.earlyStopping?.patience ?? 5,
    length: training.maxSteps === null ? 'epochs' : 'steps', epochs: training.epochs, maxSteps: training.maxSteps ?? 1000,
    seed: training.seed, checkpointEvery: training.checkpointEvery, validateEvery: training.validateEvery, gradientFlowEvery: training.gradientFlowEvery,
  }
}

function optimizerFields(optimizer: OptimizerSpec) {
  const { kind, learningRate, weightDecay } = optimizer
  const [beta1, beta2] = kind === 'adam' || kind === 'adamw' ? optimizer.betas : [0.9, 0.999]
  return {
    optimizer: kind, learningRate, weightDecay, beta1, beta2,
    momentum: kind === 'sgd' || kind === 'rmsprop' ? optimizer.momentum : 0,
    nesterov: kind === 'sgd' && optimizer.nesterov,
    alpha: kind === 'rmsprop' ? optimizer.alpha : 0.99,
    epsilon: kind === 'sgd' ? 1e-8 : optimizer.epsilon,
  }
}

function scheduleFields(schedule: Training['schedule']) {
  const { kind, warmupSteps } = schedule
  return {
    schedule: kind, warmupSteps,
    scheduleEvery: kind === 'step' ? schedule.every : 1000,
    scheduleFactor: kind === 'step' || kind === 'exponential' || kind === 'plateau' ? schedule.factor : 0.1,
    schedulePer: kind === 'exponential' ? schedule.per : 'epoch' as const,
    scheduleSteps: kind === 'cosine' ? schedule.totalSteps : null,
    scheduleMinimum: kind === 'cosine' ? schedule.minimum : 0,
    schedulePatience: kind === 'plateau' ? schedule.patience : 10,
  }
}
