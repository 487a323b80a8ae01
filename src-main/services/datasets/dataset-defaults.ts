import { generators } from '@shared/experiment/generators'
import { arePairs } from '@shared/experiment/plan'
import { experimentSchema, type Experiment, type ExperimentInput } from '@shared/experiment/schema'

/** Steps of training that a first try gets: a minute or so on two cores, enough to see it learn. */
const firstTry = 4000

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value))

/**
 * A first experiment on a dataset that trains well as it stands.
 * @param length characters, rows or sequences, all parts together   @param tensorTask what arrays are asked, which their names don't tell
 */
export function defaultExperiment(name: string, data: ExperimentInput['data'], length: number, tensorTask?: ExperimentInput['task']): Experiment {
  const base = { unroll: 1 as const, name: name.slice(0, 200), data, device: 'auto' as const }
  if (data.kind === 'text') return experimentSchema.parse({ ...base, ...forText(length, data.validation ?? 0.1, data.test ?? 0.1) })
  if (data.kind === 'series') return experimentSchema.parse({ ...base, ...forSeries(length, data.validation ?? 0.1, data.test ?? 0.1) })
  if (arePairs(experimentSchema.shape.data.parse(data))) return experimentSchema.parse({ ...base, ...forPairs(length) })
  if (data.kind === 'tensors') return experimentSchema.parse({ ...base, ...forTensors(length, tensorTask ?? { output: 'last-step', loss: 'cross-entropy' }, data.vocabulary ?? 0) })
  if (data.kind !== 'generated') return experimentSchema.parse({ ...base, ...forClasses(length, data.kind === 'records') })
  const { outputs: [output], target } = generators[data.generator]
  return experimentSchema.parse({ ...base, ...forSequences(length, { output, loss: target === 'classes' ? 'cross-entropy' : 'mse' }) })
}

function forText(length: number, validation: number, test: number): Pick<ExperimentInput, 'task' | 'model' | 'training'> {
  const { window, batchSize, stepsPerEpoch } = lanes(length * (1 - validation - test), 50, 50)
  return {
    task: { output: 'every-step', loss: 'cross-entropy' },
    model: { cell: 'rnn', hiddenSize: 128 },
    training: {
      window, batchSize, carryState: true, epochs: epochsFor(stepsPerEpoch),
      optimizer: { kind: 'adam', learningRate: 0.002 }, clipNorm: 1, checkpointEvery: 500, validateEvery: 250,
    },
  }
}

function forSeries(length: number, validation: number, test: number): Pick<ExperimentInput, 'task' | 'model' | 'training'> {
  const steps = length * (1 - validation - test)
  // Overlapping windows, each from a zero state: a series is short, and lanes would leave a handful of steps an epoch.
  const window = clamp(Math.floor(steps / 20), 1, 48)
  const windows = Math.max(1, Math.floor((steps - window) / Math.max(1, Math.floor(window / 4))) + 1)
  const batchSize = clamp(Math.floor(windows / 4), 1, 32)
  return {
    task: { output: 'every-step', loss: 'mse' },
    model: { cell: 'rnn', hiddenSize: 32 },
    training: {
      window, batchSize, carryState: false, epochs: epochsFor(Math.ceil(windows / batchSize), 2000),
      optimizer: { kind: 'adam', learningRate: 0.002 }, clipNorm: 1, checkpointEvery: 500, validateEvery: 50,
    },
  }
}

function forSequences(length: number, task: ExperimentInput['task']): Pick<ExperimentInput, 'task' | 'model' | 'training'> {
  return { task, model: { cell: 'gru', hiddenSize: 64 }, training: { ...sets(length, 50, firstTry), optimizer: { kind: 'adam', learningRate: 0.002 } } }
}

/** @param vocabulary of token ids; 0: numbers enter. Many different ones are embedded. */
function forTensors(length: number, task: ExperimentInput['task'], vocabulary: number): Pick<ExperimentInput, 'task' | 'model' | 'training'> {
  const { model, training } = forSequences(length, task)
  return { task, model: { ...model, embeddingSize: vocabulary > 64 ? 32 : null }, training: { ...training, ...sets(length, 50, 2000) } }
}

/** @param tokens what enters is embedded */
function forClasses(length: number, tokens: boolean): Pick<ExperimentInput, 'task' | 'model' | 'training'> {
  return {
    task: { output: 'last-step', loss: 'cross-entropy' },
    model: { cell: 'gru', hiddenSize: tokens ? 128 : 64, embeddingSize: tokens ? 32 : null },
    training: { ...sets(length, tokens ? 64 : 32, tokens ? 3000 : 1500), optimizer: { kind: 'adam', learningRate: 0.002 } },
  }
}

/** Encoder and decoder; attention, since without it a whole source must fit into one state. */
function forPairs(length: number): Pick<ExperimentInput, 'task' | 'model' | 'training'> {
  return {
    task: { output: 'sequence', loss: 'cross-entropy' },
    model: { cell: 'gru', hiddenSize: 64, embeddingSize: 32, bidirectional: true, attention: true },
    training: { ...sets(length, 64, 2000), optimizer: { kind: 'adam', learningRate: 0.003 } },
  }
}

function sets(length: number, wantedBatch: number, steps: number) {
  const batchSize = clamp(Math.floor(length / 20), 1, wantedBatch)
  return { batchSize, epochs: epochsFor(Math.ceil(length * 0.8 / batchSize), steps), clipNorm: 1, checkpointEvery: 500, validateEvery: 200 }
}

/** Window and batch that leave each lane of the training part a few windows long, even in a short file. */
function lanes(steps: number, wantedWindow: number, wantedBatch: number) {
  const window = clamp(Math.floor(steps / 20), 1, wantedWindow)
  const batchSize = clamp(Math.floor(steps / (window * 4)), 1, wantedBatch)
  return { window, batchSize, stepsPerEpoch: Math.max(1, Math.floor(Math.floor((steps - 1) / batchSize) / window)) }
}

const epochsFor = (stepsPerEpoch: number, steps = firstTry): number => clamp(Math.round(steps / stepsPerEpoch), 2, 1000)
