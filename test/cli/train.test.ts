import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { experimentSchema } from '@shared/experiment/schema'
import { readSafetensors } from '@main/formats/safetensors'
import { temporaryFolder } from '../support/temporary-folder'
import { readLines, timeless, unroll, writeExperiment } from './run-unroll'

test('train writes the whole run folder and beats the unigram', async () => {
  const folder = temporaryFolder()
  const file = writeExperiment(folder, { maxSteps: 300 })
  const run = join(folder, 'run')
  const { code, stdout, stderr } = await unroll(['train', file, '--out', run])
  expect(stderr).toContain('small: ')
  expect(code).toBe(0)
  expect(stdout).toMatch(/Done: 300 of 300 steps/)
  expect(stdout).toMatch(/Bigram/)
  expect(readdirSync(run).sort()).toEqual(['best.safetensors', 'checkpoints', 'experiment.json', 'figures.json', 'gradient-flow.jsonl', 'metrics.jsonl', 'run.json', 'vocabulary.json', 'weights.safetensors'])
  // The newest three of 15.
  expect(readdirSync(join(run, 'checkpoints')).sort()).toEqual(['step-000260.safetensors', 'step-000280.safetensors', 'step-000300.safetensors'])
  expect(experimentSchema.parse(JSON.parse(readFileSync(join(run, 'experiment.json'), 'utf8'))).training.maxSteps).toBe(300)

  const lines = readLines(join(run, 'metrics.jsonl'))
  expect(lines.filter(({ split }) => split === 'train').map(({ step }) => step)).toEqual(Array.from({ length: 300 }, (_, at) => at + 1))
  const record = JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')) as { best: { loss: number }; baselines: { name: string; loss: number }[]; device: string }
  const unigram = record.baselines.find(({ name }) => /unigram/i.test(name))!
  expect(record.best.loss).toBeLessThan(unigram.loss)
  expect(record.best.loss).toBe(Math.min(...lines.filter(({ split }) => split === 'validation').map(({ loss }) => loss)))
  expect(record.device).toMatch(/^WebAssembly/)

  const vocabulary = JSON.parse(readFileSync(join(run, 'vocabulary.json'), 'utf8')) as string[]
  const { tensors } = readSafetensors(readFileSync(join(run, 'weights.safetensors')))
  expect(tensors['rnn.weight_ih_l0']!.shape).toEqual([24, vocabulary.length])
  expect(tensors['head.weight']!.shape).toEqual([vocabulary.length, 24])
})

test('--json prints the lines of metrics.jsonl and nothing else', async () => {
  const folder = temporaryFolder()
  const { code, stdout } = await unroll(['train', writeExperiment(folder), '--out', join(folder, 'run'), '--json'])
  expect(code).toBe(0)
  expect(stdout).toBe(readFileSync(join(folder, 'run/metrics.jsonl'), 'utf8'))
})

test('the same file and seed give the same numbers and the same weights', async () => {
  const folder = temporaryFolder()
  const file = writeExperiment(folder)
  for (const run of ['a', 'b']) expect((await unroll(['train', file, '--out', join(folder, run)])).code).toBe(0)
  expect(readLines(join(folder, 'a/metrics.jsonl')).map(timeless)).toEqual(readLines(join(folder, 'b/metrics.jsonl')).map(timeless))
  for (const name of ['weights.safetensors', 'best.safetensors']) {
    expect(readFileSync(join(folder, 'a', name)).equals(readFileSync(join(folder, 'b', name)))).toBe(true)
  }
})

test('a run folder that has something in it is refused, and left as it was', async () => {
  const folder = temporaryFolder()
  const file = writeExperiment(folder)
  const run = join(folder, 'run')
  expect((await unroll(['train', file, '--out', run])).code).toBe(0)
  const before = readFileSync(join(run, 'metrics.jsonl'))
  const { code, stderr } = await unroll(['train', file, '--out', run])
  expect(code).toBe(1)
  expect(stderr).toMatch(/^error: The folder .*run isn't empty/)
  expect(stderr).toMatch(/hint: .*--resume/)
  expect(readFileSync(join(run, 'metrics.jsonl')).equals(before)).toBe(true)
})

test('a run that failed before its first step can be tried again', async () => {
  const folder = temporaryFolder()
  const run = join(folder, 'run')
  const file = writeExperiment(folder, {}, { data: { kind: 'text', source: 'missing.txt' } })
  const failed = await unroll(['train', file, '--out', run])
  expect(failed.code).toBe(1)
  expect(failed.stderr).toMatch(/error: .*missing\.txt/)
  writeExperiment(folder)
  expect((await unroll(['train', file, '--out', run])).code).toBe(0)
})

test('without --out the run goes to runs/<name>-<date> in the current folder', async () => {
  const folder = temporaryFolder()
  const { code } = await unroll(['train', writeExperiment(folder, { maxSteps: 2 })], { cwd: folder })
  expect(code).toBe(0)
  const [run] = readdirSync(join(folder, 'runs'))
  expect(run).toMatch(/^small-\d{4}-\d\d-\d\d-\d{6}$/)
  expect(existsSync(join(folder, 'runs', run!, 'weights.safetensors'))).toBe(true)
})

test('a device that is not there is refused with its reason', async () => {
  const folder = temporaryFolder()
  // No driver file: the Vulkan loader finds no device.
  const env = { VK_DRIVER_FILES: '/nowhere.json', VK_ICD_FILENAMES: '/nowhere.json' }
  const { code, stderr } = await unroll(['train', writeExperiment(folder), '--out', join(folder, 'run'), '--device', 'gpu'], { env })
  expect(code).toBe(1)
  expect(stderr).toMatch(/error: There is no GPU to train on: .+\nhint: /)
  const auto = await unroll(['train', writeExperiment(folder), '--out', join(folder, 'auto'), '--device', 'auto'], { env })
  expect(auto.code).toBe(0)
  expect(JSON.parse(readFileSync(join(folder, 'auto/run.json'), 'utf8'))).toMatchObject({ deviceKind: 'cpu', device: expect.stringMatching(/auto: no GPU answers here/) as string })
})
