import { isAbsolute, resolve } from 'node:path'
import { UnrollError } from '@shared/errors'
import type { DataSpec, Experiment, TaskSpec } from '@shared/experiment/schema'
import type { PreparedDataset, ReadOptions } from './prepared-dataset'
import { prepareAdding } from './sequences/adding'
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
  const path = data.kind === 'generated' ? '' : isAbsolute(data.source) ? data.source : resolve(folder, data.source)
  switch (data.kind) {
    case 'text': return prepareText(data, path, options)
    case 'series': return prepareSeries(data, path, options)
    case 'tensors': return prepareTensors(data, task, path, readTensors, options)
    case 'generated': return prepareAdding(data, training.seed)
    default:
      throw new UnrollError('dataset.kind', `data.kind "${data.kind}" isn't built yet; this version reads text, series, tensors and generated.`, { hint: 'Use one of these kinds.' })
  }
}

/** What each kind of data can be asked; tensors answer for themselves. */
function checkTask({ kind }: DataSpec, { output, loss }: TaskSpec): void {
  const refuse = (path: string, found: string, needed: string) => {
    throw new UnrollError('experiment.task', `${path} is "${found}"; data of kind "${kind}" needs ${needed}.`, { hint: `Set ${path} to ${needed}.`, where: { parameter: path } })
  }
  if (kind === 'text') {
    if (loss !== 'cross-entropy') refuse('task.loss', loss, '"cross-entropy"')
    if (output !== 'every-step') refuse('task.output', output, '"every-step"')
  } else if (kind === 'series' || kind === 'generated') {
    if (loss === 'cross-entropy') refuse('task.loss', loss, '"mse"')
    if (kind === 'generated' && output !== 'last-step') refuse('task.output', output, '"last-step"')
  }
}
