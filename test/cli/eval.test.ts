import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ExperimentInput } from '@shared/experiment/schema'
import type { Baseline, Metric } from '@shared/metrics'
import { partFiguresSchema, type PartFigures } from '@shared/rpc/schemas'
import { temporaryFolder } from '../support/temporary-folder'
import { readLines, unroll, writeExperiment } from './run-unroll'

interface Trained { folder: string; run: string; stdout: string; figures: PartFigures[]; best: Metric; evaluated: { step: number; figures: PartFigures[]; baselines: Baseline[] } }

/** Trains, and holds what `eval` says against what the end of training wrote. */
async function trained(change: Partial<ExperimentInput>, training: Partial<NonNullable<ExperimentInput['training']>> = {}, files: Record<string, string> = {}): Promise<Trained> {
  const folder = temporaryFolder()
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  const run = join(folder, 'run')
  const { code, stdout, stderr } = await unroll(['train', writeExperiment(folder, training, change), '--out', run])
  expect(stderr).not.toContain('error:')
  expect(code).toBe(0)
  const figures = partFiguresSchema.array().parse(JSON.parse(readFileSync(join(run, 'figures.json'), 'utf8')))
  const evaluated = JSON.parse((await unroll(['eval', run, '--json'])).stdout) as Trained['evaluated']
  expect(evaluated.figures).toEqual(figures)
  const best = readLines(join(run, 'metrics.jsonl')).filter(({ split }) => split === 'validation').reduce((least, each) => (each.loss < least.loss ? each : least))
  expect(evaluated.step).toBe(best.step)
  expect(figures[0]).toMatchObject({ part: 'validation', loss: best.loss })
  return { folder, run, stdout, figures, best, evaluated }
}

test('text: nats, bits, perplexity and accuracy of both parts, beside the n-grams', async () => {
  const { folder, run, stdout, figures: [validation, held], best } = await trained({
    data: { kind: 'text', source: 'corpus.txt', validation: 0.1, test: 0.1 }, model: { cell: 'gru', hiddenSize: 24, layers: 2, dropout: 0.1 },
  })
  expect(Object.keys(validation!.scores).sort()).toEqual(['accuracy', 'bits', 'perplexity'])
  expect(validation!.scores['bits']).toBeCloseTo(best.loss / Math.LN2, 12)
  expect(validation!.scores['perplexity']).toBeCloseTo(Math.exp(best.loss), 10)
  expect(validation!.scores['accuracy']).toBeCloseTo(best.accuracy!, 12)
  expect(validation!.confusion).toBe(null)
  expect(held!.part).toBe('test')
  expect(held!.loss).not.toBe(validation!.loss)
  expect(stdout).toMatch(/nats +bits\/char +perplexity +accuracy\n/)
  expect(stdout).toMatch(/small \(validation\)/)
  expect(stdout).toMatch(/Bigram \(validation\)/)

  const one = await unroll(['eval', run, '--part', 'test', '--weights', 'last'])
  expect(one.code).toBe(0)
  expect(one.stdout).toMatch(/^Weights of step 60\.\n/)
  expect(one.stderr).toBe('')
  expect(one.stdout).not.toContain('small (validation)')
  // What was asked in part leaves the run's own figures alone.
  expect(JSON.parse(readFileSync(join(run, 'figures.json'), 'utf8'))).toEqual([validation, held])

  // Other data: told, and the run's own figures stay those of what it was trained on.
  const corpus = join(folder, 'corpus.txt')
  appendFileSync(corpus, readFileSync(corpus, 'utf8').slice(0, 200))
  const other = await unroll(['eval', run, '--json'])
  expect(other.stderr).toBe('The data have changed since this run was trained: what follows is of what they are now.\n')
  expect(JSON.parse(other.stdout)).toMatchObject({ dataChanged: true })
  expect(JSON.parse(readFileSync(join(run, 'figures.json'), 'utf8'))).toEqual([validation, held])
})

test('classes: a confusion matrix by their names, and the figures that follow from it', async () => {
  const words = { warm: 'aeo', cold: 'iu', grey: 'y' }
  const rows = Object.entries(words).flatMap(([name, vowels], group) => Array.from({ length: 120 - 30 * group }, (_, at) =>
    `${Array.from({ length: 3 + at % 4 }, (_, place) => `${'bcdfgklm'[(at * 5 + place * 3) % 8]}${vowels[(at + place) % vowels.length]}`).join('')}${'bcdfgklm'[Math.floor(at / 8) % 8]}${'bcdfgklm'[at % 8]},${name}`))
  const { run, stdout, figures: [validation], evaluated } = await trained({
    data: { kind: 'records', source: 'words.csv', sequence: 'word', label: 'kind', validation: 0.3, test: 0 },
    task: { output: 'last-step', loss: 'cross-entropy', classWeights: 'balanced', labelSmoothing: 0.05 },
    model: { cell: 'lstm', hiddenSize: 12, bidirectional: true, embeddingSize: 6 },
  }, { carryState: false, epochs: 3, validateEvery: 5, earlyStopping: { patience: 4 }, schedule: { kind: 'cosine', warmupSteps: 5 } }, { 'words.csv': `word,kind\n${rows.join('\n')}\n` })
  const { labels, counts } = validation!.confusion!
  expect(labels).toEqual(['cold', 'grey', 'warm'])
  const total = counts.flat().reduce((sum, value) => sum + value, 0)
  const right = counts.reduce((sum, row, at) => sum + row[at]!, 0)
  const recalls = counts.map((row, at) => row[at]! / row.reduce((sum, value) => sum + value, 0))
  expect(total).toBeGreaterThan(60)
  expect(validation!.scores['accuracy']).toBeCloseTo(right / total, 12)
  expect(validation!.scores['balancedAccuracy']).toBeCloseTo(recalls.reduce((sum, value) => sum + value, 0) / 3, 12)
  expect(Object.keys(validation!.scores).sort()).toEqual(['accuracy', 'balancedAccuracy', 'f1'])
  expect(stdout).toMatch(/nats +accuracy +balanced +F1\n/)
  expect(evaluated.baselines.map(({ name }) => name)).toContain('Majority class')
  expect((await unroll(['eval', run])).stdout).toMatch(/taken for \(columns\), validation:\n +cold +grey +warm\n/)
  const empty = await unroll(['eval', run, '--part', 'test'])
  expect(empty.code).toBe(1)
  expect(empty.stderr).toMatch(/error: The test part is empty/)

  const out = join(run, '../out.safetensors')
  expect((await unroll(['export', run, '--out', out])).stdout).toMatch(/11 tensors.*differs by 0\./)
  expect((await unroll(['generate', run])).stderr).toMatch(/error: This network was not trained on text/)
})

test('series: errors in the data\'s own units, and scaled by the seasonal naive forecast\'s', async () => {
  const wave = Array.from({ length: 600 }, (_, at) => `${at},${(50 + 40 * Math.sin(at * Math.PI / 12) + 5 * Math.sin(at)).toFixed(3)}`)
  const { run, figures: [validation, held], best } = await trained({
    data: { kind: 'series', source: 'wave.csv', columns: ['level'], target: ['level'], time: 'hour', validation: 0.1, test: 0.1 },
    task: { output: 'every-step', loss: 'mse' }, model: { cell: 'lstm', hiddenSize: 12, layers: 2 },
  }, { window: 24, carryState: false, batchSize: 8 }, { 'wave.csv': `hour,level\n${wave.join('\n')}\n` })
  const { columns: [{ scale }] } = JSON.parse(readFileSync(join(run, 'scaler.json'), 'utf8')) as { columns: [{ scale: number }] }
  expect(scale).toBeGreaterThan(10)
  expect(validation!.scores['rmse']! / (Math.sqrt(best.loss) * scale)).toBeCloseTo(1, 5)
  expect(validation!.scores['error']! / best.error!).toBeCloseTo(1, 5)
  for (const { scores } of [validation!, held!]) {
    expect(scores['rmse']!).toBeGreaterThanOrEqual(scores['error']!)
    expect(scores['mase']! / validation!.scores['mase']!).toBeCloseTo(scores['error']! / validation!.scores['error']!, 10)
    expect(scores['smape']).toSatisfy((value: number) => value > 0 && value < 200)
  }
  expect((await unroll(['forecast', run, '--steps', '3'])).stdout.trimEnd().split('\n')).toHaveLength(4)
})

test('two directions: a forecast and its figures, but no forecast beyond what stands', async () => {
  const wave = Array.from({ length: 400 }, (_, at) => (50 + 40 * Math.sin(at * Math.PI / 12)).toFixed(3))
  const { run } = await trained({
    data: { kind: 'series', source: 'wave.csv', columns: ['level'], target: ['level'], validation: 0.2, test: 0 },
    task: { output: 'last-step', loss: 'huber' }, model: { cell: 'gru', hiddenSize: 8, bidirectional: true },
  }, { window: 24, carryState: false, batchSize: 8 }, { 'wave.csv': `level\n${wave.join('\n')}\n` })
  const { code, stderr } = await unroll(['forecast', run, '--steps', '3'])
  expect(code).toBe(1)
  expect(stderr).toMatch(/error: .*also reads its input in reverse/)
})

test('the Reber grammar: how often what is told may really come next', async () => {
  const { stdout, figures: [validation, held] } = await trained({
    data: { kind: 'generated', generator: 'reber', steps: 30, examples: 400 }, model: { cell: 'lstm', hiddenSize: 16, forgetBias: 1 },
  }, { batchSize: 32, maxSteps: 120, optimizer: { kind: 'rmsprop', learningRate: 0.01 } })
  for (const { scores, confusion } of [validation!, held!]) {
    expect(scores['legalSteps']).toSatisfy((value: number) => value >= scores['accuracy']! && value <= 1)
    expect(scores['legalStrings']).toSatisfy((value: number) => value >= 0 && value <= scores['legalSteps']!)
    expect(confusion!.labels).toEqual(['B', 'T', 'S', 'X', 'P', 'V', 'E'])
  }
  expect(stdout).toMatch(/legal steps +legal strings/)
})

test('pairs: what the decoder writes by itself, greedily and by beam', async () => {
  const word = (at: number) => Array.from({ length: 2 + at % 3 }, (_, place) => 'abc'[Math.floor(at / 3 ** place + at * place) % 3]).join('')
  const rows = [...new Set(Array.from({ length: 300 }, (_, at) => word(at)))].map((source) => `${source}\t${[...source].reverse().join('')}`)
  const { run, figures: [validation], evaluated } = await trained({
    data: { kind: 'records', source: 'pairs.tsv', sequence: 'from', output: 'to', validation: 0.2, test: 0 },
    task: { output: 'sequence', loss: 'cross-entropy' }, model: { cell: 'gru', hiddenSize: 16, attention: true },
  }, { batchSize: 8, maxSteps: 100, teacherForcing: 0.8 }, { 'pairs.tsv': `from\tto\n${rows.join('\n')}\n` })
  const { exactMatch, editDistance, errorRate, bits } = validation!.scores
  expect(exactMatch).toSatisfy((share: number) => share >= 0 && share <= 1)
  expect(exactMatch === 1).toBe(editDistance === 0)
  expect(errorRate! > 0).toBe(editDistance! > 0)
  expect(bits).toBeCloseTo(validation!.loss / Math.LN2, 12)
  for (const { editDistance: theirs } of evaluated.baselines) expect(theirs).toBeGreaterThan(0)
  const ask = async (...more: string[]) => JSON.parse((await unroll(['generate', run, '--prompt', 'ab', '--json', ...more])).stdout) as { text: string; logProbability: number; ended: boolean }
  const greedy = await ask()
  expect(greedy.text).toMatch(/^[abc]*$/)
  expect(greedy.logProbability).toBeLessThan(0)
  expect(await ask('--beam', '1')).toEqual(greedy)
  expect((await ask('--beam', '4')).text).toMatch(/^[abc]*$/)
  expect((await unroll(['generate', run])).stderr).toMatch(/error: There is nothing to answer/)
  expect((await unroll(['export', run, '--out', join(run, '../p.safetensors')])).stdout).toMatch(/forward pass of the encoder over 20 steps differs by 0\./)
})

test('a run without held-out data has no figures, and eval says why', async () => {
  const folder = temporaryFolder()
  const run = join(folder, 'run')
  const file = writeExperiment(folder, { maxSteps: 5 }, { data: { kind: 'text', source: 'corpus.txt', validation: 0, test: 0 } })
  expect((await unroll(['train', file, '--out', run])).code).toBe(0)
  const { code, stderr } = await unroll(['eval', run])
  expect(code).toBe(1)
  expect(stderr).toMatch(/error: Nothing is held out/)
})
