import { UnrollError } from '@shared/errors'
import type { HeldOutRecord } from '@shared/rpc/schemas'
import type { PreparedDataset } from '../../data/prepared-dataset'
import { partToPredict } from '../../engine/generate/predict'
import { Random } from '../../engine/random'
import type { ComputeApi } from '../compute/protocol'
import { networkOf, type TrainedModel } from './trained-model'

/**
 * A sequence drawn from the test part (where that is empty from the validation part, else the training part), what belongs to it
 * and what the network says of it: of classes their probabilities. Of one answer a sequence, where it is read forward, also what
 * it would be if the sequence ended after each step.
 * @throws UnrollError `playground.no-records` when the data are no set of sequences
 */
export async function heldOutRecord(compute: Pick<ComputeApi, 'trace' | 'predict'>, model: TrainedModel, { data, classes }: PreparedDataset, seed: number): Promise<HeldOutRecord> {
  if (data.form !== 'sequences') throw new UnrollError('playground.no-records', 'The data of this network are no set of sequences.', { hint: 'Let it write or forecast instead.' })
  const part = partToPredict(data)
  const { count, x, y, lengths } = data[part]
  const row = new Random(seed).below(count)
  const steps = lengths?.[row] ?? data.steps
  const { inputSize, outputSize, input, target } = data
  const everyStep = model.experiment.task.output === 'every-step'
  const width = input === 'tokens' ? 1 : inputSize
  const read = x.slice(row * data.steps * width, (row * data.steps + steps) * width)
  const wholeOnly = !everyStep && model.experiment.model.bidirectional
  const none = { count: 0, x: read.subarray(0, 0), y: y.subarray(0, 0), lengths: null }
  const outputs = wholeOnly
    ? await compute.predict({ ...networkOf(model), count: 1, data: { ...data, steps, train: none, validation: none, test: { count: 1, x: read, y: y.slice(0, 0), lengths: null } } })
    : (await compute.trace({ ...networkOf(model), input: read instanceof Int32Array ? { kind: 'tokens', tokens: read } : { kind: 'values', values: read } })).output
  const targetWidth = target === 'classes' ? 1 : outputSize
  const answers = everyStep ? steps : 1
  const first = row * (everyStep ? data.steps : 1) * targetWidth
  return {
    step: model.step, part, number: row + 1, of: count, steps, everyStep,
    inputs: read instanceof Int32Array ? { kind: 'tokens', ids: Array.from(read) } : { kind: 'values', width: inputSize, values: read },
    classes: target === 'classes' ? classes ?? Array.from({ length: outputSize }, (_, id) => String(id)) : null,
    outputSize,
    outputs: target === 'classes' ? softmaxRows(outputs, outputSize) : outputs,
    targets: Float32Array.from(y.subarray(first, first + answers * targetWidth)),
  }
}

function softmaxRows(logits: Float32Array, width: number): Float32Array {
  const shares = new Float32Array(logits.length)
  for (let from = 0; from < logits.length; from += width) {
    const row = logits.subarray(from, from + width)
    const largest = row.reduce((most, value) => Math.max(most, value), -Infinity)
    const powers = row.map((value) => Math.exp(value - largest))
    const sum = powers.reduce((total, value) => total + value, 0)
    shares.set(powers.map((value) => value / sum), from)
  }
  return shares
}
