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
