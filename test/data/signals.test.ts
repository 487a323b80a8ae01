import { describe, expect, it, test } from 'vitest'
import { generators, type GeneratorName } from '@shared/experiment/generators'
import { generatedDataSchema } from '@shared/experiment/data/generated'
import type { ExperimentInput } from '@shared/experiment/schema'
import { generatedPreviewSchema, sequencesPreviewSchema } from '@shared/rpc/schemas'
import { unsupported } from '@shared/experiment/unsupported'
import { prepare } from '@main/data/prepare'
import { previewGenerated } from '@main/data/sequences/generated'
import { lorenzTrajectory } from '@main/data/sequences/lorenz'
import { mackeyGlass } from '@main/data/sequences/mackey-glass'
import { parityExamples } from '@main/data/sequences/parity'
import { sineMixtures } from '@main/data/sequences/sine'
import { toneExamples, toneFrequencies } from '@main/data/sequences/tones'
import type { SequenceSet } from '@main/engine/training/prepared-data'
import { readTensors } from '@main/services/serve-data'
import { experimentOn, failureOf } from './support'

type Spec = Extract<ExperimentInput['data'], { kind: 'generated' }>
const taskOf = (generator: GeneratorName, output = generators[generator].outputs[0]) => ({ output, loss: generators[generator].target === 'classes' ? 'cross-entropy' : 'mse' } as const)
const made = (generator: GeneratorName, rest: Partial<Spec> = {}, seed = 1, output = generators[generator].outputs[0]) =>
  prepare(experimentOn({ kind: 'generated', generator, examples: 200, ...rest }, { task: taskOf(generator, output), seed }), '', readTensors)
const names = Object.keys(generators) as GeneratorName[]
const meanOf = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length

describe('every generator', () => {
  test.each(names)('%s is the same for the same seed, another for another, and shows a preview', async (generator) => {
    const [once, again, other] = [await made(generator), await made(generator), await made(generator, {}, 2)]
    expect(once.data).toEqual(again.data)
    expect(once.data).not.toEqual(other.data)
    expect(once.split.map(({ count }) => count)).toEqual([160, 20, 20])
    expect(once.baselines.length).toBeGreaterThan(0)
    for (const { loss } of once.baselines) expect(Number.isFinite(loss)).toBe(true)
    const preview = previewGenerated(generatedDataSchema.parse({ kind: 'generated', generator, steps: 20 }), 1)
    expect(() => (preview.kind === 'generated' ? generatedPreviewSchema : sequencesPreviewSchema).parse(preview)).not.toThrow()
  })

  test.each(names.flatMap((generator) => Object.entries(generators[generator].parameters).map(([key, range]) => [generator, key, range] as const)))('%s refuses %s out of its range, in an experiment file and without one', async (generator, key, { least, most }) => {
    for (const value of [least - 1, most + 1, NaN]) {
      const spec = { kind: 'generated' as const, generator, examples: 200, [key]: value }
      if (!Number.isNaN(value)) expect(unsupported(experimentOn(spec, { task: taskOf(generator) })).map(({ path }) => path)).toContain(`data.${key}`)
      expect(() => previewGenerated({ ...generatedDataSchema.parse({ kind: 'generated', generator }), [key]: value }, 1)).toThrow(`data.${key} should be a`)
    }
  })
})

describe('parity', () => {
  it('is odd when the ones so far are', () => {
    const { x, y } = parityExamples(9, 50, 3)
    for (let row = 0; row < 50; row++) for (let step = 0; step < 9; step++) expect(y[row * 9 + step]).toBe(x.slice(row * 9, row * 9 + step + 1).reduce((sum, bit) => sum + bit, 0) % 2)
    expect(meanOf(parityExamples(50, 400, 1).x)).toBeCloseTo(0.5, 1)
  })

  it('after the last step is that of the whole, which no count of bits tells', async () => {
    const { data, baselines } = await made('parity', { steps: 12, examples: 2000 }, 1, 'last-step')
    const { train, steps } = data as SequenceSet
    train.y.forEach((parity, row) => expect(parity).toBe(Array.from(train.x.subarray(row * steps, (row + 1) * steps)).reduce((sum, bit) => sum + bit, 0) % 2))
    for (const { loss } of baselines) expect(loss).toBeGreaterThan(0.65)
  })
})

describe('sine mixtures', () => {
  it('obey the linear recurrence of their periods, so that enough lags foretell them', async () => {
    const [shortest, longest] = [10, 20]
    const values = sineMixtures({ components: 1, shortest, longest }, 30, 20, 4)
    for (let row = 0; row < 20; row++) {
      const x = values.subarray(row * 30, (row + 1) * 30)
      const twice = (x[2]! + x[0]!) / x[1]! // 2 cos(2π / p), the same all along
      for (let at = 2; at < 29; at++) expect(x[at + 1]!).toBeCloseTo(twice * x[at]! - x[at - 1]!, 6)
      const period = 2 * Math.PI / Math.acos(twice / 2)
      expect(period).toBeGreaterThan(shortest - 0.01)
      expect(period).toBeLessThan(longest + 0.01)
    }
    const { baselines } = await made('sine', { shortestPeriod: 12, longestPeriod: 12, components: 1, examples: 500 })
    expect(baselines[0]).toMatchObject({ name: expect.stringMatching(/^Linear forecast/) })
    expect(baselines[0]!.loss).toBeLessThan(0.05 * baselines.find(({ name }) => name === 'Naive')!.loss)
  })

  it('targets are the clean signal `horizon` steps later, scaled as the inputs are', async () => {
    const { data, scaler, unitScale } = await made('sine', { horizon: 3, steps: 20 })
    const { train } = data as SequenceSet
    for (let row = 0; row < 5; row++) for (let step = 0; step < 17; step++) expect(train.y[row * 20 + step]).toBeCloseTo(train.x[row * 20 + step + 3]!, 5)
    expect(scaler!.columns[0]!.scale).toBe(unitScale)
    const noisy = (await made('sine', { horizon: 3, steps: 20, noise: 0.5 }))
    const difference = Array.from((noisy.data as SequenceSet).train.x, (value, at) => value * noisy.unitScale! + noisy.measure!.offset - (train.x[at]! * unitScale! + scaler!.columns[0]!.offset))
    expect(Math.sqrt(meanOf(difference.map((value) => value * value)))).toBeCloseTo(0.5, 1)
  })
})

describe('Mackey–Glass', () => {
  it('obeys its equation', () => {
    const [interval, delay] = [0.05, 17]
    const x = mackeyGlass({ delay, interval }, 3000, 2)
    const lag = delay / interval
    for (let at = lag + 1; at < 2999; at += 7) {
      const slope = (x[at + 1]! - x[at - 1]!) / (2 * interval)
      const before = x[at - lag]!
      expect(slope).toBeCloseTo(0.2 * before / (1 + before ** 10) - 0.1 * x[at]!, 4)
    }
  })

  it('has the range and mean known of τ = 17, and settles to a cycle below', () => {
    const x = mackeyGlass({ delay: 17, interval: 1 }, 5000, 1)
    expect(Math.min(...x)).toBeGreaterThan(0.2)
    expect(Math.max(...x)).toBeLessThan(1.4)
    expect(meanOf(x)).toBeCloseTo(0.92, 1)
    // Below τ = 4.5 the fixed point x = (β/γ − 1)^(1/n) = 1 is stable.
    expect(mackeyGlass({ delay: 3, interval: 1 }, 100, 1).every((value) => Math.abs(value - 1) < 1e-6)).toBe(true)
  })
})

describe('Lorenz', () => {
  it('obeys its equations', () => {
    const h = 0.001
    const s = lorenzTrajectory({ interval: h, observed: 3 }, 2000, 5)
    for (let at = 1; at < 1999; at += 13) {
      const [x, y, z] = s.subarray(3 * at, 3 * at + 3) as unknown as [number, number, number]
      const slope = [0, 1, 2].map((column) => (s[3 * at + 3 + column]! - s[3 * at - 3 + column]!) / (2 * h)) as [number, number, number]
      const expected = [10 * (y - x), x * (28 - z) - y, x * y - 8 / 3 * z]
      slope.forEach((value, column) => expect(Math.abs(value - expected[column]!)).toBeLessThan(0.02))
    }
  })

  it('has the known means: of x about 0, of z about 23.5', () => {
    const s = lorenzTrajectory({ interval: 0.05, observed: 3 }, 20_000, 1)
    expect(Math.abs(meanOf(s.filter((_, at) => at % 3 === 0)))).toBeLessThan(0.5)
    expect(meanOf(s.filter((_, at) => at % 3 === 2))).toBeCloseTo(23.5, 0)
  })

  it('shows as many variables as asked for', async () => {
    const { data, scaler } = await made('lorenz', { observed: 2 })
    expect(data).toMatchObject({ inputSize: 2, outputSize: 2, input: 'values', target: 'values' })
    expect(scaler!.columns.map(({ column }) => column)).toEqual(['x', 'y'])
  })
})

describe('tones', () => {
  it('have the frequency of their class', () => {
    const tones = { classes: 4, lowest: 100, highest: 800, rate: 4000, noise: 0 }
    expect(toneFrequencies(tones)).toEqual([100, 200, 400, 800].map((each) => expect.closeTo(each, 8) as number))
    const { x, y } = toneExamples(tones, 200, 100, 3)
    y.forEach((id, row) => {
      const wave = x.subarray(row * 200, (row + 1) * 200)
      const power = toneFrequencies(tones).map((f) => {
        let [re, im] = [0, 0]
        wave.forEach((value, t) => { re += value * Math.cos(2 * Math.PI * f * t / 4000); im += value * Math.sin(2 * Math.PI * f * t / 4000) })
        return re * re + im * im
      })
      expect(power.indexOf(Math.max(...power))).toBe(id)
    })
    expect(new Set(y).size).toBe(4)
  })

  it('count zero crossings as a baseline, and refuse tones that the sample rate can’t carry', async () => {
    const { baselines, classes } = await made('tones', { noise: 0, examples: 2000 })
    expect(classes).toEqual(['100 Hz', '168 Hz', '283 Hz', '476 Hz', '800 Hz'])
    expect(baselines.map(({ name }) => name)).toEqual(['By zero crossings', 'Majority class'])
    expect(baselines[0]!.accuracy!).toBeGreaterThan(0.9)
    expect((await failureOf(made('tones', { highest: 1000, rate: 2000 }))).message).toBe('data.highest is 1000 Hz; 2000 samples a second carry tones below 1000 Hz.')
    expect((await failureOf(made('tones', { lowest: 300, highest: 200 }))).message).toMatch(/isn't above data\.lowest/)
  })
})
