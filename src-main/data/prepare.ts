import { isAbsolute, resolve } from 'node:path'
import { UnrollError } from '@shared/errors'
import { generators } from '@shared/experiment/generators'
import type { DataSpec, Experiment, TaskSpec } from '@shared/experiment/schema'
import type { PreparedDataset, ReadOptions } from './prepared-dataset'
import { prepareAudio } from './audio/prepare-audio'
import { preparePairs } from './records/prepare-pairs'
import { prepareRecords } from './records/prepare-records'
import { prepareGenerated } from './sequences/generated'
import { prepareTensors } from './sequences/prepare-tensors'
import type { TensorReader } from './sequences/tensor-reader'
import { prepareSeries } from './series/prepare-series'
import { prepareText } from './text/prepare-text'

/**
 * Reads, splits and scales the data of an experiment. Every statistic is fitted on the training part alone.
 * @param folder     what `data.source` is relative to
 * @param readTensors the format of `tensors` files (formats/safetensors)
 * @throws UnrollError `dataset.*`, `file.*`, `import.cancelled`
 */
export async function prepare(experiment: Experiment, folder: string, readTensors: TensorReader, options: ReadOptions = {}): Promise<PreparedDataset> {
  const { data, task, training } = experiment
  checkTask(data, task)
  const path = pathOf(data, folder)
  const seed = splitSeedOf(data, training.seed)
  switch (data.kind) {
    case 'text': return prepareText(data, path, options)
    case 'series': return prepareSeries(data, task.loss, path, seed, options)
    case 'tensors': return prepareTensors(data, task, path, readTensors, seed, options)
    case 'records': return task.output === 'sequence' ? preparePairs(data, path, seed, options) : prepareRecords(data, path, seed, options)
    case 'generated': return prepareGenerated(data, task, training.seed)
    case 'audio': return prepareAudio(data, path, seed, options)
  }
}

/** Where the source lies; empty for a generated task. */
export const pathOf = (data: DataSpec, folder: string): string => (data.kind === 'generated' ? '' : isAbsolute(data.source) ? data.source : resolve(folder, data.source))

/** What a split at random is drawn by: a seed of its own, else that of the training. */
export const splitSeedOf = (data: DataSpec, training: number): number => ('splitSeed' in data ? data.splitSeed : undefined) ?? training

/** What each kind of data can be asked; tensors answer for themselves. */
function checkTask(data: DataSpec, { output, loss }: TaskSpec): void {
  const { kind } = data
  const what = kind === 'generated' ? `the generator "${data.generator}"` : `data of kind "${kind}"`
  const need = (path: string, found: string, ...fitting: string[]) => {
    if (fitting.includes(found)) return
    const needed = fitting.map((each) => `"${each}"`).join(' or ')
    throw new UnrollError('experiment.task', `${path} is "${found}"; ${what} needs ${needed}.`, { hint: `Set ${path} to ${needed}.`, where: { parameter: path } })
  }
  const regressions = ['mse', 'mae', 'huber']
  if (kind === 'text') {
    need('task.loss', loss, 'cross-entropy')
    need('task.output', output, 'every-step')
  } else if (kind === 'series') {
    need('task.loss', loss, ...regressions)
  } else if (kind === 'records') {
    need('task.loss', loss, 'cross-entropy')
    need('task.output', output, ...data.output === undefined ? ['last-step'] : data.label === undefined ? ['sequence'] : ['last-step', 'sequence'])
  } else if (kind === 'audio') {
    need('task.loss', loss, 'cross-entropy')
    need('task.output', output, 'last-step')
  } else if (kind === 'generated') {
    const { target, outputs } = generators[data.generator]
    need('task.loss', loss, ...target === 'values' ? regressions : ['cross-entropy'])
    need('task.output', output, ...outputs)
  }
}
