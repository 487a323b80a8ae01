import type { Experiment, ExperimentInput } from '@shared/experiment/schema'
import type { Draft, Entry } from './draft'

/** An experiment whose numbers may still be anything. */
type Unchecked<T> = T extends number ? Entry : T extends readonly [number, number] ? [Entry, Entry] : T extends object ? { [K in keyof T]: Unchecked<T[K]> } : T

/**
 * The experiment a draft describes, on the data and with the remaining keys of `base`. Not yet checked.
 * @param stepsPerEpoch trained by steps, this many epochs are enough; 0: unknown
 */
export function experimentOf(draft: Draft, base: Experiment, stepsPerEpoch = 0): Unchecked<ExperimentInput> {
  const byStep = draft.length === 'steps'
  const enough = byStep && draft.maxSteps !== null && draft.maxSteps > 0 && stepsPerEpoch > 0 ? Math.ceil(draft.maxSteps / stepsPerEpoch) : base.training.epochs
  return {
    ...base,
    name: draft.name.trim(),
    data: base.data.kind === 'series' ? { ...base.data, stride: draft.stride } : base.data,
    task: taskOf(draft, base),
    model: modelOf(draft, base),
    training: {
      ...base.training,
      window: draft.window, carryState: draft.carryState, batchSize: draft.batchSize, shuffle: draft.shuffle, seed: draft.seed, teacherForcing: draft.teacherForcing,
      epochs: byStep ? enough : draft.epochs,
      maxSteps: byStep ? draft.maxSteps : null,
      optimizer: optimizerOf(draft),
      clipNorm: draft.clip ? draft.clipNorm : null,
      clipValue: draft.clipEach ? draft.clipValue : null,
      schedule: scheduleOf(draft),
      earlyStopping: draft.stopEarly ? { patience: draft.patience } : null,
      checkpointEvery: draft.checkpointEvery,
      validateEvery: draft.validateEvery,
      gradientFlowEvery: draft.gradientFlowEvery,
    },
    device: draft.device,
  }
}

export function modelOf(draft: Draft, base: Experiment): Unchecked<ExperimentInput['model']> {
  return {
    ...base.model,
    cell: draft.cell, activation: draft.activation, hiddenSize: draft.hiddenSize, layers: draft.layers, bidirectional: draft.bidirectional,
    dropout: draft.dropout, inputDropout: draft.inputDropout,
    embeddingSize: draft.embed ? draft.embeddingSize : null,
    init: draft.init === 'file' ? draft.initFile.trim() : draft.init,
    attention: draft.attention,
    // Of the LSTM alone: another cell can't have it.
    forgetBias: draft.cell === 'lstm' ? draft.forgetBias : 0,
  }
}

/** Keys that were absent and say nothing new stay absent, so that a file comes back as it was. */
function taskOf({ loss, labelSmoothing, classWeights }: Draft, { task }: Experiment): Unchecked<ExperimentInput['task']> {
  const weights = classWeights === 'balanced' ? classWeights : classWeights === 'list' && Array.isArray(task.classWeights) ? task.classWeights : null
  return {
    ...task, loss,
    ...(labelSmoothing !== 0 || task.labelSmoothing !== undefined ? { labelSmoothing } : {}),
    ...(weights !== null || task.classWeights !== undefined ? { classWeights: weights } : {}),
  }
}

function optimizerOf({ optimizer, learningRate, momentum, nesterov, alpha, beta1, beta2, epsilon, weightDecay }: Draft): Unchecked<NonNullable<ExperimentInput['training']['optimizer']>> {
  switch (optimizer) {
    case 'sgd': return { kind: optimizer, learningRate, momentum, nesterov, weightDecay }
    case 'rmsprop': return { kind: optimizer, learningRate, alpha, epsilon, momentum, weightDecay }
    case 'adam': case 'adamw': return { kind: optimizer, learningRate, betas: [beta1, beta2], epsilon, weightDecay }
  }
}

function scheduleOf(draft: Draft): Unchecked<NonNullable<ExperimentInput['training']['schedule']>> {
  const { schedule: kind, scheduleFactor: factor, warmupSteps } = draft
  switch (kind) {
    case 'constant': return { kind, warmupSteps }
    case 'step': return { kind, every: draft.scheduleEvery, factor, warmupSteps }
    case 'exponential': return { kind, factor, per: draft.schedulePer, warmupSteps }
    case 'cosine': return { kind, totalSteps: draft.scheduleSteps, minimum: draft.scheduleMinimum, warmupSteps }
    case 'plateau': return { kind, patience: draft.schedulePatience, factor, warmupSteps }
  }
}
