import { UnrollError } from '@shared/errors'
import type { Prediction } from '@shared/rpc/schemas'
import { addingExamples } from '../../data/sequences/adding'
import type { ComputeApi } from '../compute/protocol'
import { networkOf, type TrainedModel } from './trained-model'

/** Keeps fresh examples apart from those the run was trained on, even under the same seed. */
const fresh = 0x5eed_0000

/**
 * Fresh examples of the adding problem and what the network makes of them.
 * @throws UnrollError `playground.not-adding`
 */
export async function testAdding(compute: Pick<ComputeApi, 'predict'>, model: TrainedModel, { seed, count }: { seed: number; count: number }): Promise<Prediction> {
  const { data } = model.experiment
  if (data.kind !== 'generated' || data.generator !== 'adding') throw new UnrollError('playground.not-adding', 'This network was not trained on the adding problem.', { hint: 'Let it write text, or forecast with it instead.' })
  const { steps } = data
  const { x, y } = addingExamples(steps, count, (seed ^ fresh) >>> 0)
  const none = { count: 0, x: new Float32Array(0), y: new Float32Array(0), lengths: null }
  const predicted = await compute.predict({
    ...networkOf(model), count,
    data: { form: 'sequences', input: 'values', target: 'values', inputSize: 2, outputSize: 1, steps, train: none, validation: none, test: { count, x, y, lengths: null } },
  })
  const column = (example: number, offset: number) => Array.from({ length: steps }, (_, step) => x[(example * steps + step) * 2 + offset]!)
  return {
    examples: Array.from({ length: count }, (_, example) => ({
      values: column(example, 0), marks: column(example, 1), expected: y[example]!, predicted: predicted[example]!,
    })),
  }
}
