import type { ExperimentInput } from '@shared/experiment/schema'
import { experimentSchema } from '@shared/experiment/schema'
import type { Metric } from '@shared/metrics'
import { parameterCount } from '@shared/model/weights'
import type { Dataset, DatasetDetails, Run } from '@shared/rpc/schemas'

/** A random number generator with a seed, so that tests and pictures repeat (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const training = { window: 64, batchSize: 32, seed: 1, epochs: 10 }
const experiments = {
  text: { unroll: 1, name: 'moby-dick', data: { kind: 'text', source: 'moby-dick.txt' }, task: { output: 'every-step', loss: 'cross-entropy' }, model: { cell: 'rnn', hiddenSize: 128 }, training },
  series: { unroll: 1, name: 'births', data: { kind: 'series', source: 'births.csv', columns: ['births'], target: ['births'], time: 'date' }, task: { output: 'every-step', loss: 'mse' }, model: { cell: 'rnn', hiddenSize: 64 }, training },
  records: { unroll: 1, name: 'names', data: { kind: 'records', source: 'names.csv', sequence: 'name', label: 'language' }, task: { output: 'last-step', loss: 'cross-entropy' }, model: { cell: 'gru', hiddenSize: 64 }, training },
  generated: { unroll: 1, name: 'adding', data: { kind: 'generated', generator: 'adding', steps: 50 }, task: { output: 'last-step', loss: 'mse' }, model: { cell: 'rnn', hiddenSize: 64, activation: 'relu' }, training },
} satisfies Record<string, ExperimentInput>

export type FakeKind = keyof typeof experiments

const widths = { text: [86, 86], series: [1, 1], records: [57, 18], generated: [2, 1] } as const
const baselines = {
  text: [{ name: 'Unigram', description: 'Guesses by frequency.', loss: 3.062, accuracy: 0.178 }, { name: 'Bigram', description: 'Guesses by the last character.', loss: 2.451, accuracy: 0.271 }],
  series: [{ name: 'Last value', description: 'Says the last value again.', loss: 0.912, error: 1412 }],
  records: [{ name: 'Bag of pairs', description: 'Weighs pairs of characters.', loss: 0.62, accuracy: 0.817 }],
  generated: [{ name: 'Mean', description: 'Always answers 1.', loss: 0.167, error: 0.333 }],
}

export function fakeDataset(kind: FakeKind): Dataset {
  const experiment = experimentSchema.parse(experiments[kind])
  return {
    id: `data-${kind}`, name: experiment.name, kind, created: '2026-05-01T09:00:00.000Z', bytes: kind === 'generated' ? 0 : 1_215_000,
    summary: kind === 'text' ? '1,215,000 characters, 86 symbols' : kind === 'series' ? '5,479 rows, 1 column' : kind === 'records' ? '20,050 sequences of up to 20 characters, 18 classes' : '10,000 sequences of 50',
    length: { text: 1_215_000, series: 5_479, records: 20_050, generated: 10_000 }[kind], inputSize: widths[kind][0], outputSize: widths[kind][1], hash: 'a'.repeat(64), sample: kind === 'text' ? 'moby-dick' : null, experiment,
  }
}

export function fakeDetails(kind: FakeKind): DatasetDetails {
  const dataset = fakeDataset(kind)
  const held = Math.round(dataset.length * 0.1)
  const split = [
    { part: 'train' as const, from: 0, to: dataset.length - 2 * held, count: dataset.length - 2 * held },
    { part: 'validation' as const, from: dataset.length - 2 * held, to: dataset.length - held, count: held },
    { part: 'test' as const, from: dataset.length - held, to: dataset.length, count: held },
  ]
  const preview = { kind: 'generated' as const, steps: 50, examples: 10_000, example: { values: [0.5], marks: [1], sum: 0.5 } }
  return { dataset, preview, split, baselines: baselines[kind], warnings: [], padding: null, source: null }
}

export function fakeRun(kind: FakeKind, changes: Partial<Run> = {}): Run {
  const experiment = experimentSchema.parse(experiments[kind])
  const stepsPerEpoch = 474
  return {
    id: `run-${kind}`, name: experiment.name, datasetId: `data-${kind}`, created: '2026-05-01T09:10:00.000Z', state: 'done', step: 4740, totalSteps: 4740, stepsPerEpoch,
    parameters: parameterCount(experiment.model, widths[kind][0], widths[kind][1]), device: 'WebAssembly SIMD (auto: 3.1 ms a step, WebGPU 9.8 ms)', best: null, last: null, error: null, warnings: [], experiment,
    baselines: baselines[kind], unit: kind === 'text' || kind === 'records' ? null : kind === 'series' ? 'births' : 'sum', remainingMs: null, figures: null, ...changes,
  }
}

/** Lines of metrics.jsonl as a real run writes them: a falling, noisy loss with a spike, validated every 200 steps. */
export function fakeMetrics(kind: FakeKind, steps: number, from = 1): Metric[] {
  const [top, floor] = { text: [4.45, 1.62], series: [1.1, 0.16], records: [2.6, 0.6], generated: [0.4, 0.012] }[kind] as [number, number]
  const random = seeded(7)
  const fall = (step: number) => floor + (top - floor) * (0.35 * Math.exp(-step / 60) + 0.45 * Math.exp(-step / 700) + 0.2 * Math.exp(-step / 3000))
  const lines: Metric[] = []
  for (let step = 1; step <= steps; step++) {
    const noise = (random() + random() + random() - 1.5) * 0.09
    const spike = step % 1733 === 0 ? 1.4 : 1
    if (step < from) continue
    const epoch = Math.floor((step - 1) / 474)
    const elapsedMs = step * 6.3
    const quality = (loss: number) => kind === 'text' || kind === 'records' ? { accuracy: Math.max(0.02, 0.62 - 0.135 * loss) } : { error: Math.sqrt(loss) * (kind === 'series' ? 1500 : 0.8) }
    const loss = fall(step) * (1 + noise) * spike
    lines.push({
      step, epoch, split: 'train', loss, ...quality(loss), gradNorm: (0.4 + 1.6 * Math.exp(-step / 900)) * (1 + 3 * Math.abs(noise)) * (spike > 1 ? 6 : 1), learningRate: 0.001,
      tokensPerSecond: 325_000 * (1 + noise / 4), stepsPerSecond: 158.7 * (1 + noise / 4), elapsedMs,
    })
    if (step % 200 === 0) lines.push({ step, epoch, split: 'validation', loss: fall(step) * 1.035, ...quality(fall(step) * 1.035), elapsedMs })
  }
  return lines
}
