import type { Experiment, ExperimentInput } from '@shared/experiment/schema'

/** A field of numbers as it is while being typed: null is empty, NaN no number. */
export type Entry = number | null

/** The form: everything of an experiment that this version lets a person choose, flat. */
export interface Draft {
  name: string
  activation: 'tanh' | 'relu'
  hiddenSize: Entry
  /** Where the weights start: "default", or a .safetensors file in the dataset's folder. */
  init: string
  window: Entry
  carryState: boolean
  batchSize: Entry
  shuffle: boolean
  optimizer: 'sgd' | 'adam'
  learningRate: Entry
  momentum: Entry
  beta1: Entry
  beta2: Entry
  epsilon: Entry
  clip: boolean
  clipNorm: Entry
  /** What ends the training. */
  length: 'epochs' | 'steps'
  epochs: Entry
  maxSteps: Entry
  seed: Entry
  checkpointEvery: Entry
  /** null: once an epoch and at every checkpoint. */
  validateEvery: Entry
  device: 'auto' | 'gpu' | 'cpu'
}

export type FieldName = keyof Draft

/** What each kind of optimizer starts from when it is chosen. */
export const optimizerDefaults = {
  sgd: { learningRate: 0.1, momentum: 0.9 },
  adam: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
} as const

export function draftOf({ name, model, training, device }: Experiment): Draft {
  const { optimizer } = training
  const adam = optimizer.kind === 'adam' || optimizer.kind === 'adamw' ? optimizer : null
  return {
    name,
    activation: model.activation,
    hiddenSize: model.hiddenSize,
    init: model.init,
    window: training.window,
    carryState: training.carryState,
    batchSize: training.batchSize,
    shuffle: training.shuffle,
    optimizer: adam ? 'adam' : 'sgd',
    learningRate: optimizer.learningRate,
    momentum: optimizer.kind === 'sgd' ? optimizer.momentum : optimizerDefaults.sgd.momentum,
    beta1: adam?.betas[0] ?? optimizerDefaults.adam.beta1,
    beta2: adam?.betas[1] ?? optimizerDefaults.adam.beta2,
    epsilon: adam?.epsilon ?? optimizerDefaults.adam.epsilon,
    clip: training.clipNorm !== null,
    clipNorm: training.clipNorm ?? 1,
    length: training.maxSteps === null ? 'epochs' : 'steps',
    epochs: training.epochs,
    maxSteps: training.maxSteps ?? 1000,
    seed: training.seed,
    checkpointEvery: training.checkpointEvery,
    validateEvery: training.validateEvery,
    device,
  }
}

/** An experiment whose numbers may still be anything. */
type Unchecked<T> = T extends number ? Entry : T extends readonly [number, number] ? [Entry, Entry] : T extends object ? { [K in keyof T]: Unchecked<T[K]> } : T

/**
 * The experiment a draft describes, on the data and with the remaining keys of `base`. Not yet checked.
 * @param stepsPerEpoch trained by steps, this many epochs are enough; 0: unknown
 */
export function experimentOf(draft: Draft, base: Experiment, stepsPerEpoch = 0): Unchecked<ExperimentInput> {
  const { learningRate } = draft
  const byStep = draft.length === 'steps'
  const enough = byStep && draft.maxSteps !== null && draft.maxSteps > 0 && stepsPerEpoch > 0 ? Math.ceil(draft.maxSteps / stepsPerEpoch) : base.training.epochs
  return {
    ...base,
    name: draft.name.trim(),
    model: { ...base.model, cell: 'rnn', activation: draft.activation, hiddenSize: draft.hiddenSize, init: draft.init.trim() || 'default' },
    training: {
      ...base.training,
      window: draft.window, carryState: draft.carryState, batchSize: draft.batchSize, shuffle: draft.shuffle, seed: draft.seed,
      epochs: byStep ? enough : draft.epochs,
      maxSteps: byStep ? draft.maxSteps : null,
      optimizer: draft.optimizer === 'adam'
        ? { kind: 'adam', learningRate, betas: [draft.beta1, draft.beta2], epsilon: draft.epsilon, weightDecay: 0 }
        : { kind: 'sgd', learningRate, momentum: draft.momentum, nesterov: false, weightDecay: 0 },
      clipNorm: draft.clip ? draft.clipNorm : null,
      checkpointEvery: draft.checkpointEvery,
      validateEvery: draft.validateEvery,
    },
    device: draft.device,
  }
}
