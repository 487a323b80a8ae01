import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, afterAll, expect, test } from 'vitest'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { experimentSchema } from '@shared/experiment/schema'
import { readSafetensors } from '@main/formats/safetensors'
import { unroll, writeExperiment } from './run-unroll'

let folder: string
let run: string
let series: string

/** A wave of 24 rows with a trend in it, and a text: a small run each. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'unroll-test-'))
  run = join(folder, 'run')
  series = join(folder, 'series')
  expect((await unroll(['train', writeExperiment(folder, { maxSteps: 300 }), '--out', run])).code).toBe(0)
  const rows = Array.from({ length: 600 }, (_, at) => `2020-${at},${(50 + 40 * Math.sin(at * Math.PI / 12)).toFixed(3)}`)
  writeFileSync(join(folder, 'wave.csv'), `time,level\n${rows.join('\n')}\n`)
  const file = writeExperiment(folder, { maxSteps: 600, window: 24, batchSize: 8, epochs: 1000 }, {
    data: { kind: 'series', source: 'wave.csv', columns: ['level'], target: ['level'], time: 'time', validation: 0.1, test: 0.1 },
    task: { output: 'every-step', loss: 'mse' },
  })
  expect((await unroll(['train', file, '--out', series])).code).toBe(0)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('generate goes on with the prompt, the same for the same seed', async () => {
  const ask = (seed: string, ...more: string[]) => unroll(['generate', run, '--prompt', 'the net', '--length', '80', '--temperature', '0.7', '--seed', seed, ...more])
  const [first, again, other] = await Promise.all([ask('1'), ask('1'), ask('2')])
  expect(first.code).toBe(0)
  expect(first.stdout).toMatch(/^the net/)
  expect(first.stdout.trimEnd().length).toBeLessThanOrEqual('the net'.length + 80)
  expect(again.stdout).toBe(first.stdout)
  expect(other.stdout).not.toBe(first.stdout)
  const { text, logProbabilities } = JSON.parse((await ask('1', '--json')).stdout) as { text: string; logProbabilities: number[] }
  expect(`the net${text}\n`).toBe(first.stdout)
  expect(logProbabilities).toHaveLength(80)
  for (const value of logProbabilities) expect(value).toBeLessThanOrEqual(0)
})

test('generate names a character the network has never seen, and where it is', async () => {
  const { code, stderr } = await unroll(['generate', run, '--prompt', 'the né'])
  expect(code).toBe(1)
  expect(stderr).toMatch(/error: Character 6 of the text, "é" \(U\+00E9\), doesn't occur/)
})

test('forecast goes on with a wave better than its last value does', async () => {
  const { code, stdout, stderr } = await unroll(['forecast', series, '--steps', '12', '--start', '560'])
  expect(code).toBe(0)
  const [header, ...rows] = stdout.trimEnd().split('\n')
  expect(header).toBe('row,forecast,actual')
  expect(rows).toHaveLength(12)
  expect(rows[0]).toMatch(/^2020-560,/)
  const [own, naive] = [...stderr.matchAll(/: (\d+\.\d+)/g)].map(([, value]) => Number(value))
  expect(own).toBeLessThan(naive! / 2)
})

test('forecast past the end has no actual values', async () => {
  const { stdout } = await unroll(['forecast', series, '--steps', '2', '--json'])
  const rows = stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as { row: string; forecast: number; actual: number | null })
  expect(rows.map(({ row, actual }) => ({ row, actual }))).toEqual([{ row: '+1', actual: null }, { row: '+2', actual: null }])
  for (const { forecast } of rows) expect(forecast).toSatisfy((value: number) => value > -20 && value < 120)
})

test('a text network does not forecast, and a series network writes no text', async () => {
  expect((await unroll(['forecast', run])).stderr).toMatch(/error: This network was not trained on a series/)
  expect((await unroll(['generate', series])).stderr).toMatch(/error: This network was not trained on text/)
  expect((await unroll(['generate', run, '--prompt', 'the', '--beam', '2'])).stderr).toMatch(/error: --beam is for networks that answer/)
})

test('export writes weights by PyTorch\'s names with all that makes them useful, checked by reading back', async () => {
  const out = join(folder, 'exported/model.safetensors')
  const { code, stdout } = await unroll(['export', run, '--format', 'safetensors', '--out', out, '--weights', 'last'])
  expect(code).toBe(0)
  expect(stdout).toMatch(/6 tensors.*forward pass over 20 steps differs by 0\./)
  const exported = readSafetensors(readFileSync(out))
  const kept = readSafetensors(readFileSync(join(run, 'weights.safetensors')))
  expect(exported.tensors).toEqual(kept.tensors)
  expect(Object.keys(exported.tensors).sort()).toEqual(['head.bias', 'head.weight', 'rnn.bias_hh_l0', 'rnn.bias_ih_l0', 'rnn.weight_hh_l0', 'rnn.weight_ih_l0'])
  expect(JSON.parse(exported.metadata['vocabulary']!)).toEqual(JSON.parse(readFileSync(join(run, 'vocabulary.json'), 'utf8')))
  expect(experimentSchema.parse(JSON.parse(exported.metadata['experiment']!)).name).toBe('small')
})

test('an exported experiment trains to the same weights', async () => {
  const out = join(folder, 'again.json')
  expect((await unroll(['export', run, '--format', 'experiment', '--out', out])).code).toBe(0)
  expect((await unroll(['train', out, '--out', join(folder, 'again')])).code).toBe(0)
  expect(readFileSync(join(folder, 'again/weights.safetensors')).equals(readFileSync(join(run, 'weights.safetensors')))).toBe(true)
})

test('bench prints one JSON line of figures that agree with each other', async () => {
  const { code, stdout } = await unroll(['bench', '--hidden', '32', '--input', '16', '--batch', '8', '--steps', '16', '--repeats', '5', '--json'])
  expect(code).toBe(0)
  const { msPerStep, tokensPerSecond, gflops, device, kernel } = JSON.parse(stdout) as { msPerStep: { median: number; min: number; max: number }; tokensPerSecond: number; gflops: number; device: string; kernel: string }
  expect(msPerStep.min).toBeLessThanOrEqual(msPerStep.median)
  expect(msPerStep.median).toBeLessThanOrEqual(msPerStep.max)
  expect(tokensPerSecond).toBeCloseTo(8 * 16 / msPerStep.median * 1000, 3)
  // 2·B·T·(3·H·(I + H) − H·I + 3·H·O) with O = I.
  expect(gflops).toBeCloseTo(2 * 8 * 16 * (3 * 32 * 48 - 32 * 16 + 3 * 32 * 16) / msPerStep.median / 1e6, 6)
  expect(device).toMatch(/^WebAssembly/)
  expect(kernel).toMatch(/^wasm/)
})

test('bench counts the gates and the layers of an LSTM', async () => {
  const { code, stdout } = await unroll(['bench', '--cell', 'lstm', '--layers', '2', '--hidden', '24', '--input', '16', '--batch', '8', '--steps', '12', '--repeats', '3', '--json'])
  expect(code).toBe(0)
  const { msPerStep, gflops } = JSON.parse(stdout) as { msPerStep: { median: number }; gflops: number }
  // 2·B·T·(3·4H·(I + H) + 3·4H·2H − 4H·I + 3·H·O) with O = I.
  expect(gflops).toBeCloseTo(2 * 8 * 12 * (3 * 96 * 40 + 3 * 96 * 48 - 96 * 16 + 3 * 24 * 16) / msPerStep.median / 1e6, 6)
})

test('bench has a table of all three cells when none is named', async () => {
  const { code, stdout } = await unroll(['bench', '--repeats', '3', '--json'])
  expect(code).toBe(0)
  const rows = stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as { cell: string; hidden: number; msPerStep: { median: number } })
  expect(rows.map(({ cell, hidden }) => `${cell} ${hidden}`)).toEqual(['rnn', 'gru', 'lstm'].flatMap((cell) => [32, 128, 256, 512].map((hidden) => `${cell} ${hidden}`)))
  for (const { msPerStep } of rows) expect(msPerStep.median).toBeGreaterThan(0)
}, 120_000)
