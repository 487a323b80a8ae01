import { appendFileSync, existsSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder'
import { readLines, startUnroll, timeless, unroll, writeExperiment } from './run-unroll'

/** Long enough to be caught in the middle. */
const long = { maxSteps: 1500, checkpointEvery: 50, validateEvery: 100, batchSize: 20 }

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 5) {
    if (waited > 60_000) throw new Error('It never came to that.')
    await sleep(5)
  }
}

const checkpoints = (run: string): number => {
  try {
    return readdirSync(join(run, 'checkpoints')).filter((name) => name.startsWith('step-')).length
  } catch {
    return 0
  }
}

test.each([
  { what: 'an Elman network', training: long, model: { cell: 'rnn', hiddenSize: 24 } },
  {
    what: 'two LSTM layers with dropout, embedding, carried state and schedule',
    training: { ...long, maxSteps: 500, schedule: { kind: 'plateau', patience: 1, factor: 0.7, warmupSteps: 30 }, optimizer: { kind: 'adamw', learningRate: 0.005, weightDecay: 0.01 } },
    model: { cell: 'lstm', hiddenSize: 24, layers: 2, dropout: 0.2, inputDropout: 0.1, embeddingSize: 8 },
  },
] as const)('$what: a killed run goes on from its last checkpoint to the same bits as one that was not', async ({ training, model }) => {
  const folder = temporaryFolder()
  const file = writeExperiment(folder, training, { model })
  const killed = join(folder, 'killed')
  const whole = join(folder, 'whole')
  const { child, ended } = await startUnroll(['train', file, '--out', killed])
  await until(() => checkpoints(killed) >= 2)
  child.kill('SIGKILL')
  expect((await ended).signal).toBe('SIGKILL')
  expect(existsSync(join(killed, 'weights.safetensors'))).toBe(true)
  // As a kill in the middle of a write would leave it.
  appendFileSync(join(killed, 'metrics.jsonl'), '{"step":9999,"epo')

  const resumed = await unroll(['train', file, '--out', killed, '--resume'])
  expect(resumed.stderr).toMatch(/going on from step \d+/)
  expect(resumed.code).toBe(0)
  expect((await unroll(['train', file, '--out', whole])).code).toBe(0)
  for (const name of ['weights.safetensors', 'best.safetensors', 'figures.json']) {
    expect(readFileSync(join(killed, name)).equals(readFileSync(join(whole, name)))).toBe(true)
  }
  expect(readLines(join(killed, 'metrics.jsonl')).map(timeless)).toEqual(readLines(join(whole, 'metrics.jsonl')).map(timeless))
})

test('whenever it is killed, every file is whole', async () => {
  const folder = temporaryFolder()
  const file = writeExperiment(folder, { ...long, checkpointEvery: 3, validateEvery: 5 })
  for (const after of [0, 40, 150]) {
    const run = join(folder, `run-${after}`)
    const { child, ended } = await startUnroll(['train', file, '--out', run])
    await until(() => existsSync(join(run, 'metrics.jsonl')) && statSync(join(run, 'metrics.jsonl')).size > 0)
    await sleep(after)
    child.kill('SIGKILL')
    await ended
    const resumed = await startUnroll(['train', file, '--out', run, '--resume'])
    await until(() => resumed.said().includes('small: '))
    resumed.child.kill('SIGINT')
    const { code, stderr } = await resumed.ended
    expect(stderr).not.toContain('error:')
    expect(code).toBe(130)
    const steps = readLines(join(run, 'metrics.jsonl')).filter(({ split }) => split === 'train').map(({ step }) => step)
    expect(steps).toEqual(steps.map((_, at) => at + 1))
    rmSync(run, { recursive: true })
  }
})

test('Ctrl+C keeps a last checkpoint and says how to go on', async () => {
  const folder = temporaryFolder()
  const file = writeExperiment(folder, { ...long, checkpointEvery: 100_000, maxSteps: 100_000, epochs: 10_000 })
  const run = join(folder, 'run')
  const { child, ended } = await startUnroll(['train', file, '--out', run])
  await until(() => existsSync(join(run, 'metrics.jsonl')) && statSync(join(run, 'metrics.jsonl')).size > 2000)
  child.kill('SIGINT')
  const { code, stderr, stdout } = await ended
  expect(code).toBe(130)
  expect(stdout).toMatch(/^Stopped: [\d,]+ of [\d,]+ steps/)
  expect(stderr).toMatch(/go on with: unroll train .* --resume/)
  expect(checkpoints(run)).toBe(1)
  expect(JSON.parse(readFileSync(join(run, 'run.json'), 'utf8'))).toMatchObject({ state: 'interrupted' })
  expect(existsSync(join(run, '.lock'))).toBe(false)
})

test('two trainings on one folder at a time: the second is refused', async () => {
  const folder = temporaryFolder()
  const file = writeExperiment(folder, { ...long, maxSteps: 100_000, epochs: 10_000 })
  const run = join(folder, 'run')
  const first = await startUnroll(['train', file, '--out', run])
  await until(() => checkpoints(run) > 0)
  const { code, stderr } = await unroll(['train', file, '--out', run, '--resume'])
  expect(code).toBe(1)
  expect(stderr).toMatch(/error: Another Unroll \(process \d+\) is using the run folder/)
  first.child.kill('SIGINT')
  expect((await first.ended).code).toBe(130)
})

test('a run is not resumed with another experiment', async () => {
  const folder = temporaryFolder()
  const run = join(folder, 'run')
  expect((await unroll(['train', writeExperiment(folder), '--out', run])).code).toBe(0)
  const { code, stderr } = await unroll(['train', writeExperiment(folder, { batchSize: 5 }), '--out', run, '--resume'])
  expect(code).toBe(1)
  expect(stderr).toMatch(/training\.batchSize was 10 and is now 5/)
  // More steps of the same are no other experiment.
  expect((await unroll(['train', writeExperiment(folder, { maxSteps: 80 }), '--out', run, '--resume'])).code).toBe(0)
  expect(readLines(join(run, 'metrics.jsonl')).filter(({ split }) => split === 'train')).toHaveLength(80)
})
