import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { ExperimentInput } from '@shared/experiment/schema'
import { partFiguresSchema } from '@shared/rpc/schemas'
import { writeSafetensors } from '@main/formats/safetensors'
import { Random } from '@main/engine/random'
import { sharedMissing, sharedPath } from '../support/shared-folder'
import { temporaryFolder } from '../support/temporary-folder'
import { unroll, writeExperiment } from './run-unroll'

const python = '/usr/bin/python3'
const missing = sharedMissing ?? torchMissing()

function torchMissing(): string | null {
  try {
    execFileSync(python, ['-c', 'import torch, numpy'], { stdio: 'ignore' })
    return null
  } catch {
    return `${python} with torch and numpy isn't here`
  }
}

/** Forty sequences of 1 to 9 tokens; the class follows from the first token, that of a step from the token before. */
function sequences(everyStep: boolean): Uint8Array {
  const random = new Random(8)
  const [count, steps] = [160, 9]
  const x = Int32Array.from({ length: count * steps }, () => random.below(5))
  const lengths = Int32Array.from({ length: count }, () => 1 + random.below(steps))
  const y = everyStep
    ? x.map((token, at) => (at % steps === 0 ? token : x[at - 1]!) % 4)
    : Int32Array.from({ length: count }, (_, index) => (x[index * steps]! * 3 + 1) % 4)
  return writeSafetensors({
    x: { dtype: 'I32', shape: [count, steps], data: x }, y: { dtype: 'I32', shape: everyStep ? [count, steps] : [count], data: y }, lengths: { dtype: 'I32', shape: [count], data: lengths },
  })
}

const series = (): string => {
  const random = new Random(9)
  const rows = Array.from({ length: 300 }, (_, at) => `${at},${(20 + 8 * Math.sin(at / 12 * 2 * Math.PI) + 3 * random.uniform()).toFixed(3)},${(random.uniform() * 9).toFixed(2)}`)
  return `day,a,b\n${rows.join('\n')}\n`
}

const cases: { name: string; change: Partial<ExperimentInput>; file?: [string, string | Uint8Array] }[] = [
  { name: 'a text, two layers', change: { data: { kind: 'text', source: 'corpus.txt', validation: 0.1, test: 0.05 }, model: { cell: 'lstm', hiddenSize: 17, layers: 2, embeddingSize: 9 } } },
  {
    name: 'a series of two columns', file: ['series.csv', series()],
    change: {
      data: { kind: 'series', source: 'series.csv', columns: ['a', 'b'], target: ['a'], horizon: 2, season: 12, validation: 0.2, test: 0.1 }, task: { output: 'every-step', loss: 'mse' }, model: { cell: 'gru', hiddenSize: 9 },
    },
  },
  {
    name: 'a class a sequence, two directions', file: ['data.safetensors', sequences(false)],
    change: { data: { kind: 'tensors', source: 'data.safetensors', vocabulary: 5, classes: 4, validation: 0.3, test: 0 }, task: { output: 'last-step', loss: 'cross-entropy' }, model: { cell: 'gru', hiddenSize: 7, bidirectional: true } },
  },
  {
    name: 'a class a step', file: ['data.safetensors', sequences(true)],
    change: { data: { kind: 'tensors', source: 'data.safetensors', vocabulary: 5, classes: 4, validation: 0.3, test: 0 }, task: { output: 'every-step', loss: 'cross-entropy' }, model: { cell: 'rnn', hiddenSize: 7, layers: 2 } },
  },
]

describe.skipIf(missing !== null)(`the figures of the held-out part are those of PyTorch and NumPy${missing === null ? '' : ` (${missing})`}`, () => {
  test.each(cases)('$name', async ({ change, file }) => {
    const folder = temporaryFolder()
    if (file) writeFileSync(join(folder, file[0]), file[1])
    const run = join(folder, 'run')
    const experiment = writeExperiment(folder, { window: 12, batchSize: 7, maxSteps: 40, clipNorm: null, validateEvery: 10 }, change)
    const { code, stderr } = await unroll(['train', experiment, '--out', run])
    expect([code, stderr.includes('error:')]).toEqual([0, false])
    const [validation] = partFiguresSchema.array().parse(JSON.parse(readFileSync(join(run, 'figures.json'), 'utf8')))
    const script = fileURLToPath(new URL('../parity/figures_by_torch.py', import.meta.url))
    const there = JSON.parse(execFileSync(python, ['-B', script, sharedPath('reference'), run, join(folder, file?.[0] ?? 'corpus.txt')], { encoding: 'utf8' })) as Record<string, number | number[][]>
    expect(Math.abs(validation!.loss - (there['loss'] as number)) / (there['loss'] as number)).toBeLessThan(1e-5)
    expect(Object.keys(validation!.scores).length).toBeGreaterThan(2)
    for (const [name, value] of Object.entries(validation!.scores)) expect(Math.abs(value - (there[name] as number)) / Math.abs(there[name] as number), name).toBeLessThan(1e-5)
    if (validation!.confusion) expect(validation!.confusion.counts).toEqual(there['confusion'])
  }, 120_000)
})
