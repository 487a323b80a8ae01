import { UnrollError } from '@shared/errors'
import { parameterOf, type GeneratedSpec } from '@shared/experiment/generators'
import { classByTokenBaseline, majorityBaseline } from '../../engine/baselines/class-baselines'
import { Random } from '../../engine/random'
import type { SequencePart } from '../../engine/training/prepared-data'
import type { PreparedDataset } from '../prepared-dataset'
import { splitInOrder, splitParts } from '../split'
import { checkGeneratedSize } from './generated-tokens'

/** Keeps these draws apart from those of the other generators and of training under the same seed. */
const stream = 0x70e5

export interface Tones { classes: number; lowest: number; highest: number; rate: number; noise: number }

export const toneParameters = (spec: GeneratedSpec): Tones => ({
  classes: parameterOf(spec, 'classes'), lowest: parameterOf(spec, 'lowest'), highest: parameterOf(spec, 'highest'),
  rate: parameterOf(spec, 'rate'), noise: parameterOf(spec, 'noise'),
})

/** Frequencies of the classes in hertz, evenly spaced in pitch: f_k = lowest · (highest / lowest)^(k / (K − 1)). */
export const toneFrequencies = ({ classes, lowest, highest }: Tones): number[] => Array.from({ length: classes }, (_, id) => lowest * (highest / lowest) ** (id / (classes - 1)))

export const toneNames = (tones: Tones): string[] => toneFrequencies(tones).map((frequency) => `${frequency.toFixed(frequency < 100 ? 1 : 0)} Hz`)

/**
 * Pure tones in white noise, one sample a step, to be told apart after the last one:
 *   x_t = a sin(2π f_k t / rate + φ) + noise · ε_t,   a uniform in [0.5, 1), φ in [0, 2π), ε standard normal
 * Amplitude and phase say nothing of the class, nor does any single sample.
 * @returns x [count, steps] and y [count]
 * @throws UnrollError `experiment.data` when a tone lies above half the sample rate, or below the lowest one
 */
export function toneExamples(tones: Tones, steps: number, count: number, seed: number): { x: Float32Array; y: Int32Array } {
  const { lowest, highest, rate, noise, classes } = tones
  if (highest <= lowest || highest >= rate / 2) {
    const message = highest <= lowest ? `data.highest is ${highest} Hz, which isn't above data.lowest, ${lowest} Hz.` : `data.highest is ${highest} Hz; ${rate} samples a second carry tones below ${rate / 2} Hz.`
    throw new UnrollError('experiment.data', message, { hint: 'Choose data.lowest < data.highest < data.rate / 2.', where: { parameter: 'data.highest' } })
  }
  const random = new Random(seed, stream)
  const frequencies = toneFrequencies(tones)
  const x = new Float32Array(count * steps)
  const y = new Int32Array(count)
  for (let example = 0; example < count; example++) {
    y[example] = random.below(classes)
    const [amplitude, phase] = [0.5 + random.uniform() / 2, 2 * Math.PI * random.uniform()]
    const turn = 2 * Math.PI * frequencies[y[example]!]! / rate
    for (let step = 0; step < steps; step++) x[example * steps + step] = amplitude * Math.sin(turn * step + phase) + (noise > 0 ? noise * random.normal() : 0)
  }
  return { x, y }
}

export function prepareTones(spec: GeneratedSpec, seed: number): PreparedDataset {
  const { steps, examples } = spec
  checkGeneratedSize(examples, steps, 1)
  const bounds = splitInOrder(examples, spec)
  const tones = toneParameters(spec)
  const { x, y } = toneExamples(tones, steps, examples, seed)
  const part = (from: number, to: number): SequencePart => ({ count: to - from, x: x.subarray(from * steps, to * steps), y: y.subarray(from, to), lengths: null })
  const [train, validation] = [part(0, bounds.trainEnd), part(bounds.trainEnd, bounds.validationEnd)]
  const measured = validation.count > 0 ? validation : train
  return {
    data: { form: 'sequences', input: 'values', target: 'classes', inputSize: 1, outputSize: tones.classes, steps, train, validation, test: part(bounds.validationEnd, examples) },
    vocabulary: null,
    classes: toneNames(tones),
    scaler: null,
    baselines: [byCrossings(tones.classes, steps, train, measured), majorityBaseline(tones.classes, train.y, measured.y)],
    unit: null,
    unitScale: 1,
    series: null,
    split: splitParts(bounds),
    length: examples,
    inputSize: 1,
    outputSize: tones.classes,
    summary: `${examples.toLocaleString('en')} tones of ${steps.toLocaleString('en')} samples, ${tones.classes} pitches`,
    warnings: [],
  }
}

/** A tone of f hertz crosses zero 2 f times a second: the oldest way to tell a pitch, which noise upsets. */
function byCrossings(classes: number, steps: number, train: SequencePart, measured: SequencePart) {
  const crossings = ({ count, x, y }: SequencePart) => ({
    y,
    x: Int32Array.from({ length: count }, (_, row) => {
      let found = 0
      for (let at = row * steps + 1; at < (row + 1) * steps; at++) if ((x[at]! < 0) !== (x[at - 1]! < 0)) found++
      return found
    }),
  })
  return { ...classByTokenBaseline({ tokens: steps, classes }, crossings(train), crossings(measured)), name: 'By zero crossings', description: 'The class by how often the wave crosses zero, as counted in the training part.' }
}
