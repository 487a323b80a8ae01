import type { GeneratedSpec } from '@shared/experiment/generators'
import type { TaskSpec } from '@shared/experiment/schema'
import { bagBaselines } from '../../engine/baselines/bag-baselines'
import { majorityBaseline } from '../../engine/baselines/class-baselines'
import { Random } from '../../engine/random'
import type { SequencePart } from '../../engine/training/prepared-data'
import type { PreparedDataset } from '../prepared-dataset'
import { checkGeneratedSize, prepareTokens } from './generated-tokens'

/** Keeps these draws apart from those of the other generators and of training under the same seed. */
const stream = 0x9a41

export const parityNames = { inputs: ['0', '1'], outputs: ['even', 'odd'] }

/**
 * Parity: bits drawn by a fair coin; the answer is whether the ones so far are odd. One bit of memory, flipped by every one,
 * which no function of how often what occurs, and no linear one, gives away.
 *   y_t = (x_1 + … + x_t) mod 2
 * @returns x and y [count, steps]
 * @see Minsky & Papert 1969 (parity isn't linear); Hochreiter & Schmidhuber 1997, section 5 (as a task for recurrent networks)
 */
export function parityExamples(steps: number, count: number, seed: number): { x: Int32Array; y: Int32Array } {
  const random = new Random(seed, stream)
  const x = Int32Array.from({ length: count * steps }, () => random.below(2))
  const y = new Int32Array(count * steps)
  for (let at = 0; at < y.length; at++) y[at] = (at % steps === 0 ? 0 : y[at - 1]!) ^ x[at]!
  return { x, y }
}

/** The parity so far at every step, or that of the whole after the last one. */
export function prepareParity(spec: GeneratedSpec, output: TaskSpec['output'], seed: number): PreparedDataset {
  const { steps, examples } = spec
  checkGeneratedSize(examples, steps, 2)
  const { x, y } = parityExamples(steps, examples, seed)
  const stepwise = prepareTokens(spec, { steps, x, y, lengths: null, ...parityNames })
  if (output === 'every-step' || stepwise.data.form !== 'sequences') return stepwise
  const { data } = stepwise
  const ends = (part: SequencePart): SequencePart => ({ ...part, y: Int32Array.from({ length: part.count }, (_, row) => part.y[(row + 1) * steps - 1]!) })
  const [train, validation, test] = [ends(data.train), ends(data.validation), ends(data.test)]
  const measured = validation.count > 0 ? validation : train
  const baselines = [...bagBaselines({ vocabulary: 2, classes: 2, steps, token: 'bit' }, train, measured), majorityBaseline(2, train.y, measured.y)]
  return { ...stepwise, data: { ...data, train, validation, test }, baselines: baselines.sort((a, b) => a.loss - b.loss) }
}
