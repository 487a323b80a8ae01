import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ExperimentInput } from '@shared/experiment/schema'
import { sharedMissing, sharedPath } from '../support/shared-folder'
import { temporaryFolder } from '../support/temporary-folder'
import { unroll } from './run-unroll'

type Data = ExperimentInput['data']

/** Trains for a moment, looks for leaks, and evaluates beside the baselines. @returns what `eval` printed, parsed, by what predicts */
async function trained(folder: string, data: Data, task: ExperimentInput['task']): Promise<Record<string, number>> {
  const file = join(folder, 'experiment.json')
  writeFileSync(file, JSON.stringify({ unroll: 1, name: 'kind', device: 'cpu', data, task, model: { cell: 'gru', hiddenSize: 16 }, training: { window: 32, batchSize: 16, epochs: 50, maxSteps: 60, carryState: false, optimizer: { kind: 'adam', learningRate: 0.01 } } }))
  const audit = await unroll(['audit', file])
  expect([audit.code, audit.stderr]).toEqual([0, ''])
  const run = await unroll(['train', file, '--out', join(folder, 'run')])
  expect([run.code, run.stdout]).toEqual([0, expect.stringContaining('Kept in')])
  const found = await unroll(['eval', join(folder, 'run'), '--part', 'test', '--json'])
  expect([found.code, found.stderr]).toEqual([0, ''])
  const { figures, baselines } = JSON.parse(found.stdout) as { figures: { part: string; loss: number }[]; baselines: { name: string; loss: number }[] }
  return Object.fromEntries([...figures.map(({ part, loss }): [string, number] => [part, loss]), ...baselines.map(({ name, loss }): [string, number] => [name, loss])])
}

describe.skipIf(sharedMissing !== null)('every kind of data from the command line: looked into, trained, evaluated', () => {
  const shared = (name: string) => sharedPath(`data/${name}`)

  test('a text: tiny Shakespeare', async () => {
    const found = await trained(temporaryFolder(), { kind: 'text', source: shared('tiny-shakespeare.txt'), validation: 0.05, test: 0.05 }, { output: 'every-step', loss: 'cross-entropy' })
    expect(Object.keys(found).length).toBeGreaterThan(2)
    expect(found['test']).toBeLessThan(4)
  })

  test('a series: monthly sunspots, as differences of logarithms', async () => {
    const data: Data = { kind: 'series', source: shared('monthly-sunspots.csv'), columns: ['Sunspots'], target: ['Sunspots'], time: 'Month', transform: { log: 'log1p', difference: [1] }, validation: 0.1, test: 0.1 }
    const found = await trained(temporaryFolder(), data, { output: 'every-step', loss: 'mse' })
    expect(Object.values(found).every(Number.isFinite)).toBe(true)
  })

  test('records: names by language, equal ones on one side', async () => {
    const found = await trained(temporaryFolder(), { kind: 'records', source: shared('names-by-language'), validation: 0.1, test: 0.1 }, { output: 'last-step', loss: 'cross-entropy' })
    expect(found['test']).toBeLessThan(Math.log(18))
  })

  test('recordings: spoken digits, by speaker', async () => {
    const folder = temporaryFolder()
    for (const digit of ['0', '1']) {
      mkdirSync(join(folder, 'digits', digit), { recursive: true })
      for (const name of readdirSync(shared(`spoken-digits/${digit}`)).filter((each) => each.endsWith('.wav'))) cpSync(shared(`spoken-digits/${digit}/${name}`), join(folder, 'digits', digit, name))
    }
    const found = await trained(folder, { kind: 'audio', source: 'digits', features: 'log-mel', group: '{label}_{group}_{take}', validation: 0.2, test: 0.2 }, { output: 'last-step', loss: 'cross-entropy' })
    expect(found['test']).toBeLessThan(Math.log(2) + 0.2)
  })

  test('a generated task: parity', async () => {
    const found = await trained(temporaryFolder(), { kind: 'generated', generator: 'parity', steps: 5, examples: 400, validation: 0.2, test: 0.2 }, { output: 'last-step', loss: 'cross-entropy' })
    expect(found['test']).toBeLessThan(1)
  })
})
