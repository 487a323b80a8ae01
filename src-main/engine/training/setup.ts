import { UnrollError } from '@shared/errors'
import { initKinds } from '@shared/experiment/model-schema'
import type { Experiment } from '@shared/experiment/schema'
import { unsupported } from '@shared/experiment/unsupported'
import type { Backend } from '../backends/backend'
import type { NetworkShape } from '../bptt/network'
import type { ProgramSpec } from '../bptt/programs'
import { stateVariables, type Variables } from '../bptt/variables'
import { initialWeights } from '../initializers/initial-weights'
import { Random } from '../random'
import type { Batches } from './batches'
import { randomStreams } from './epochs'
import type { Source } from './source'
import type { SessionOptions, Weights } from './types'

/** @throws UnrollError `experiment.unsupported` with every reason at once */
export function expectSupported(experiment: Experiment): void {
  const found = unsupported(experiment)
  if (found.length > 0) throw new UnrollError('experiment.unsupported', found.map(({ message }) => message).join(' '), { where: { parameter: found[0]!.path } })
}

/** @throws UnrollError `experiment.mismatch` when the loss can't be had on these targets, or the model can't read this input */
export function expectDataFits({ task, model }: Experiment, source: Source, pairs: boolean): void {
  if (pairs !== (task.output === 'sequence')) {
    throw new UnrollError('experiment.mismatch', `task.output is "${task.output}", but the data is ${pairs ? 'pairs of sequences' : 'no pairs of sequences'}.`, {
      hint: pairs ? 'Set task.output to "sequence".' : 'Set task.output to "every-step" or "last-step".', where: { parameter: 'task.output' },
    })
  }
  const classes = source.target === 'classes'
  if (model.embeddingSize !== null && source.input === 'values') {
    throw new UnrollError('experiment.mismatch', `model.embeddingSize ${model.embeddingSize} embeds token ids, but the input is ${source.inputSize} numbers a step.`, {
      hint: 'Set model.embeddingSize to null.', where: { parameter: 'model.embeddingSize' },
    })
  }
  if (classes === (task.loss === 'cross-entropy')) return
  throw new UnrollError('experiment.mismatch', `The loss "${task.loss}" needs ${classes ? 'numbers' : 'classes'} as targets, but these are ${classes ? 'classes' : 'numbers'}.`, {
    hint: `Set task.loss to ${classes ? 'cross-entropy' : 'mse'}.`, where: { parameter: 'task.loss' },
  })
}

/** @throws UnrollError `experiment.mismatch` when something waits for validations that never come */
export function expectValidation({ training }: Experiment, validates: boolean): void {
  if (validates) return
  const path = training.earlyStopping !== null ? 'training.earlyStopping' : training.schedule.kind === 'plateau' ? 'training.schedule' : null
  if (path === null) return
  throw new UnrollError('experiment.mismatch', `${path} goes by the validation loss, but the validation part is empty.`, {
    hint: 'Set data.validation above 0.', where: { parameter: path },
  })
}

/**
 * The weights a session starts from: a checkpoint's, those given, or fresh ones.
 * @throws UnrollError `experiment.mismatch` when `model.init` names a file but its tensors weren't given
 */
export function startWeights({ experiment, checkpoint, initial }: SessionOptions, source: Source): Weights {
  const { model, training } = experiment
  const given = checkpoint?.weights ?? initial
  if (given) return given
  if (!(initKinds as readonly string[]).includes(model.init)) {
    throw new UnrollError('experiment.mismatch', `model.init names the file "${model.init}", but its weights weren't handed to the engine.`, { where: { parameter: 'model.init' } })
  }
  return initialWeights(model, source.inputSize, source.outputSize, new Random(training.seed, randomStreams.weights), experiment.task.output)
}

/**
 * The program over these batches, with a state of its own.
 * @param carry whether the state flows from batch to batch; with a reverse direction only where training carries it too, as
 *              PyTorch does when it is handed its own last state
 */
export function programSpec(backend: Backend, experiment: Experiment, batches: Batches, parameters: Variables, carry: boolean): ProgramSpec {
  const { source, layout } = batches
  const { model, task } = experiment
  const shape: NetworkShape = {
    model, input: source.input, inputSize: source.inputSize, outputSize: source.outputSize,
    output: task.output, steps: layout.steps, targetSteps: batches.targetSteps, batch: layout.batch,
  }
  return { shape, loss: task.loss, parameters, states: stateVariables(backend, model, layout.batch), carry: carry && (!model.bidirectional || experiment.training.carryState) }
}
