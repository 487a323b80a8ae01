import { UnrollError } from '@shared/errors'
import type { HeldOutExample } from '@shared/rpc/schemas'
import type { PreparedDataset } from '../../data/prepared-dataset'
import { Random } from '../../engine/random'
import { partToPredict } from '../../engine/generate/predict'
import { SymbolTable } from './symbol-table'
import { codecOf, type TrainedModel } from './trained-model'

/**
 * A record drawn from the test part (where that is empty from the validation part, else the training part): what the network
 * is to read, and what belongs to it.
 * @throws UnrollError `playground.no-records`
 */
export function heldOutExample(model: TrainedModel, { data, classes }: PreparedDataset, seed: number): HeldOutExample {
  const { symbols } = model
  if (symbols === null || (data.form !== 'pairs' && !(data.form === 'sequences' && data.input === 'tokens'))) {
    throw new UnrollError('playground.no-records', 'The data of this network are no records of symbols.', { hint: 'Write a sequence yourself.' })
  }
  if (data.form === 'pairs') {
    const part = data.test.count > 0 ? 'test' : data.validation.count > 0 ? 'validation' : 'train'
    const { count, source, sourceLengths, target, targetLengths } = data[part]
    const row = new Random(seed).below(count)
    const outputs = new SymbolTable(classes ?? [], codecOf(model.experiment.data))
    // Without the end token, which is no symbol.
    const expected = outputs.decode(target.subarray(row * data.targetSteps, row * data.targetSteps + targetLengths[row]! - 1))
    return { part, text: symbols.decode(source.subarray(row * data.steps, row * data.steps + sourceLengths[row]!)), expected }
  }
  const part = partToPredict(data)
  const { count, x, y, lengths } = data[part]
  const row = new Random(seed).below(count)
  const text = symbols.decode(x.subarray(row * data.steps, row * data.steps + (lengths?.[row] ?? data.steps)))
  return { part, text, expected: y.length === count ? classes?.[y[row]!] ?? String(y[row]) : '' }
}
