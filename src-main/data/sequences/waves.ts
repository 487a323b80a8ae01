import { parameterOf, type GeneratedSpec } from '@shared/experiment/generators'
import type { TaskSpec } from '@shared/experiment/schema'
import { sequenceBaselines } from '../../engine/baselines/sequence-baselines'
import { Random } from '../../engine/random'
import type { SequencePart } from '../../engine/training/prepared-data'
import type { PreparedDataset } from '../prepared-dataset'
import { fitScale, toScaled } from '../series/scaler'
import { splitInOrder, splitParts } from '../split'
import { checkGeneratedSize } from './generated-tokens'
import { lorenzTrajectory } from './lorenz'
import { mackeyGlass } from './mackey-glass'
import { sineMixtures } from './sine'

/** Keeps the noise's draws apart from those of the signals. */
const noiseStream = 0x4015e

export type WaveGenerator = 'sine' | 'mackey-glass' | 'lorenz'

/** Stretches of a signal in its own units, [examples, steps + horizon, columns], and the same as observed, with noise. */
export interface Waves { columns: string[]; steps: number; horizon: number; clean: Float64Array; observed: Float64Array }

/**
 * Signals to be foretold: x_t is what is observed at t, its target what the signal is, without noise, `horizon` steps later.
 * @throws UnrollError `dataset.too-large`
 */
export function waves(spec: GeneratedSpec & { generator: WaveGenerator }, examples: number, seed: number): Waves {
  const horizon = parameterOf(spec, 'horizon')
  const length = spec.steps + horizon
  const columns = spec.generator === 'lorenz' ? ['x', 'y', 'z'].slice(0, parameterOf(spec, 'observed')) : ['x']
  checkGeneratedSize(examples, length, 2 * columns.length)
  const clean = signal(spec, length, examples, seed)
  const noise = parameterOf(spec, 'noise')
  const random = new Random(seed, noiseStream)
  return { columns, steps: spec.steps, horizon, clean, observed: noise > 0 ? clean.map((value) => value + noise * random.normal()) : clean }
}

function signal(spec: GeneratedSpec & { generator: WaveGenerator }, length: number, examples: number, seed: number): Float64Array {
  switch (spec.generator) {
    case 'sine': return sineMixtures({ components: parameterOf(spec, 'components'), shortest: parameterOf(spec, 'shortestPeriod'), longest: parameterOf(spec, 'longestPeriod') }, length, examples, seed)
    case 'mackey-glass': return mackeyGlass({ delay: parameterOf(spec, 'delay'), interval: parameterOf(spec, 'interval') }, length * examples, seed)
    case 'lorenz': return lorenzTrajectory({ interval: parameterOf(spec, 'interval'), observed: parameterOf(spec, 'observed') }, length * examples, seed)
  }
}

/** Scaled to mean 0 and deviation 1 of the training part's observations; figures in the signal's own units. */
export function prepareWaves(spec: GeneratedSpec & { generator: WaveGenerator }, loss: TaskSpec['loss'], seed: number): PreparedDataset {
  const { examples } = spec
  const { columns, steps, horizon, clean, observed } = waves(spec, examples, seed)
  const bounds = splitInOrder(examples, spec)
  const [width, length] = [columns.length, steps + horizon]
  const scales = columns.map((name, column) => fitScale('standard', name, every(observed, column, width, bounds.trainEnd * length)))
  /** Steps first to first + steps − 1 of each example, scaled. */
  const rows = (values: Float64Array, from: number, to: number, first: number) => {
    const scaled = new Float32Array((to - from) * steps * width)
    let at = 0
    for (let example = from; example < to; example++) {
      for (let index = (example * length + first) * width; index < (example * length + first + steps) * width; index++) scaled[at++] = toScaled(scales[index % width]!, values[index]!)
    }
    return scaled
  }
  const part = (from: number, to: number): SequencePart => ({ count: to - from, x: rows(observed, from, to, 0), y: rows(clean, from, to, horizon), lengths: null })
  const [train, validation, test] = [part(0, bounds.trainEnd), part(bounds.trainEnd, bounds.validationEnd), part(bounds.validationEnd, examples)]
  const measured = validation.count > 0 ? validation : train
  return {
    data: { form: 'sequences', input: 'values', target: 'values', inputSize: width, outputSize: width, steps, train, validation, test },
    vocabulary: null,
    scaler: { kind: 'standard', columns: scales },
    baselines: sequenceBaselines({ steps, width, horizon, loss, unitScale: scales[0]!.scale }, train, measured),
    unit: columns[0]!,
    unitScale: scales[0]!.scale,
    measure: { ...scales[0]!, season: null, naiveError: null },
    series: null,
    split: splitParts(bounds),
    length: examples,
    inputSize: width,
    outputSize: width,
    summary: `${examples.toLocaleString('en')} sequences of ${steps.toLocaleString('en')} steps, to be foretold ${horizon === 1 ? 'one step' : `${horizon} steps`} ahead`,
    warnings: [],
  }
}

function every(values: Float64Array, column: number, width: number, rows: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => values[row * width + column]!)
}
