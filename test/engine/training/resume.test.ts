import { describe, expect, it } from 'vitest'
import type { Experiment, OptimizerSpec, ScheduleSpec } from '@shared/experiment/schema'
import type { Backend } from '@main/engine/backends/backend'
import { createWasmBackend } from '@main/engine/backends/wasm/wasm-backend'
import type { SequenceSet } from '@main/engine/training/prepared-data'
import type { Checkpoint, SessionOptions } from '@main/engine/training/types'
import { createOracleBackend } from '../oracle/oracle-backend'
import { addingData, addingExperiment, textData, textExperiment } from './experiments'
import { reversalData, reversalExperiment } from './pairs'
import { record } from './session-harness'

const untimed = ({ progress, ...rest }: Checkpoint) => ({ ...rest, progress: { ...progress, elapsedMs: 0 } })
const withModel = (experiment: Experiment, model: Partial<Experiment['model']>): Experiment => ({ ...experiment, model: { ...experiment.model, ...model } })
const withTask = (experiment: Experiment, task: Partial<Experiment['task']>): Experiment => ({ ...experiment, task: { ...experiment.task, ...task } })

const everything: { name: string; options: SessionOptions }[] = [
  {
    name: 'LSTM, two layers, dropout everywhere, AdamW, cosine with warm-up, carried state',
    options: {
      data: textData(),
      experiment: withModel(textExperiment({
        checkpointEvery: 3, optimizer: { kind: 'adamw', learningRate: 0.02, weightDecay: 0.1 }, schedule: { kind: 'cosine', warmupSteps: 3 }, clipValue: 0.05,
      }), { cell: 'lstm', layers: 2, dropout: 0.4, inputDropout: 0.2, forgetBias: 1, init: 'orthogonal', embeddingSize: 3 }),
    },
  },
  {
    name: 'GRU on one-hot tokens with input dropout, RMSprop with momentum, label smoothing and class weights',
    options: {
      data: textData(),
      experiment: withTask(withModel(textExperiment({ checkpointEvery: 5, optimizer: { kind: 'rmsprop', learningRate: 0.005, momentum: 0.5 } }), { cell: 'gru', inputDropout: 0.3, init: 'xavier' }), { labelSmoothing: 0.1, classWeights: 'balanced' }),
    },
  },
  {
    name: 'two directions, Nesterov, a plateau and early stopping',
    options: {
      data: addingData(),
      experiment: withModel(addingExperiment({
        epochs: 6, checkpointEvery: 4, optimizer: { kind: 'sgd', learningRate: 0.3, momentum: 0.9, nesterov: true, weightDecay: 0.01 }, validateEvery: 2,
        schedule: { kind: 'plateau', patience: 0, factor: 0.5 }, earlyStopping: { patience: 4 },
      }), { cell: 'gru', bidirectional: true, layers: 2, dropout: 0.3 }),
    },
  },
  {
    name: 'shuffled sequences in buckets of their length',
    options: { data: addingData(23, 5, 19), experiment: withModel(addingExperiment({ epochs: 3, checkpointEvery: 4 }), { cell: 'lstm', inputDropout: 0.2 }) },
  },
  {
    name: 'encoder and decoder with attention, taught half the time, dropout, a plateau and early stopping',
    options: {
      data: reversalData(60, 20),
      experiment: reversalExperiment({
        epochs: 2, checkpointEvery: 3, teacherForcing: 0.5, validateEvery: 2, schedule: { kind: 'plateau', patience: 0, factor: 0.5, warmupSteps: 2 }, earlyStopping: { patience: 3 },
      }, { cell: 'lstm', layers: 2, attention: true, bidirectional: true, dropout: 0.2, inputDropout: 0.1 }),
    },
  },
]

const optimizers: OptimizerSpec[] = [
  { kind: 'sgd', learningRate: 0.1, momentum: 0, nesterov: false, weightDecay: 0 },
  { kind: 'sgd', learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.01 },
  { kind: 'adam', learningRate: 0.01, betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0.1 },
  { kind: 'adamw', learningRate: 0.01, betas: [0.8, 0.99], epsilon: 1e-8, weightDecay: 0.1 },
  { kind: 'rmsprop', learningRate: 0.005, alpha: 0.9, epsilon: 1e-8, momentum: 0, weightDecay: 0 },
  { kind: 'rmsprop', learningRate: 0.005, alpha: 0.9, epsilon: 1e-8, momentum: 0.6, weightDecay: 0.01 },
]
const schedules: ScheduleSpec[] = [
  { kind: 'constant', warmupSteps: 4 }, { kind: 'step', every: 3, factor: 0.7, warmupSteps: 0 }, { kind: 'exponential', factor: 0.9, per: 'step', warmupSteps: 2 },
  { kind: 'exponential', factor: 0.5, per: 'epoch', warmupSteps: 0 }, { kind: 'cosine', totalSteps: null, minimum: 1e-4, warmupSteps: 3 }, { kind: 'plateau', patience: 0, factor: 0.5, warmupSteps: 2 },
]

/** Ten sequences of 3, 10, 11 or 12 steps: batches of more than one length. */
function ragged(): SequenceSet {
  const data = addingData(10, 5, 12)
  if (data.form !== 'sequences') throw new Error('unreachable')
  return { ...data, train: { ...data.train, lengths: data.train.lengths!.map((length, index) => (index % 4 === 0 ? 3 : length)) } }
}

for (const optimizer of optimizers) {
  for (const [index, schedule] of schedules.entries()) {
    const cell = (['rnn', 'gru', 'lstm'] as const)[index % 3]!
    const stream = index % 2 === 0
    const training = { epochs: 3, maxSteps: 7, checkpointEvery: 3, validateEvery: 2, optimizer, schedule }
    everything.push({
      name: `${cell}, ${optimizer.kind}${'momentum' in optimizer && optimizer.momentum > 0 ? ' with momentum' : ''}, ${schedule.kind}`,
      options: { data: stream ? textData() : ragged(), experiment: withModel(stream ? textExperiment(training) : addingExperiment(training), { cell, inputDropout: 0.1 }) },
    })
  }
}

const backends: { name: string; create: () => Promise<Backend> }[] = [
  { name: 'the oracle', create: async () => createOracleBackend({ variables: 'float32' }) },
  { name: 'WebAssembly', create: () => createWasmBackend() },
]
const none = () => undefined

describe.each(backends)('stop and resume on $name', ({ create }) => {
  it.each(everything)('$name: stopped at any step, the very same weights, moments, state, best, schedule and lines', async ({ options }) => {
    const whole = await record(options, none, await create())
    const last = whole.final.progress.step
    expect(last).toBeGreaterThan(5)
    const lined = ({ step, split, loss, gradNorm, accuracy, error, learningRate }: typeof whole.metrics[number]) => ({ step, split, loss, gradNorm, accuracy, error, learningRate })
    for (let at = 1; at < last; at++) {
      const first = await record(options, (step, session) => { if (step === at) session.stop() }, await create())
      const second = await record({ ...options, checkpoint: first.final }, none, await create())
      expect(untimed(second.final)).toEqual(untimed(whole.final))
      expect([...first.metrics, ...second.metrics].map(lined)).toEqual(whole.metrics.map(lined))
    }
    // As after a kill: from every checkpoint it kept.
    for (const { checkpoint } of whole.checkpoints) expect(untimed((await record({ ...options, checkpoint }, none, await create())).final)).toEqual(untimed(whole.final))
  })
})
