import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { availableParallelism } from 'node:os'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder'
import { startUnroll, writeExperiment } from './run-unroll'

/** Large enough for all its steps to be shared from when the helper threads are there. */
const model = { cell: 'lstm', hiddenSize: 96 } as const
const training = { window: 32, batchSize: 32, maxSteps: 25, checkpointEvery: 100, validateEvery: 100 }

test.skipIf(availableParallelism() < 2)('several at once, in code of either compiler of V8, train to the same bits', { timeout: 120_000 }, async () => {
  const folder = temporaryFolder()
  const file = writeExperiment(folder, training, { model })
  const runs = ['--no-liftoff', '--liftoff-only', '--liftoff-only', '--liftoff-only', '--liftoff', '--liftoff'].map((flag, index) => ({ flag, out: join(folder, `run-${index}`) }))
  // More threads than cores: each sleeps at barriers, and wakes late.
  const ended = await Promise.all(runs.map(async ({ flag, out }) => (await startUnroll(['train', file, '--out', out], { flags: [flag] })).ended))
  for (const { code, stderr } of ended) expect([code, stderr]).toEqual([0, expect.stringMatching(/\d+ threads/)])
  const weights = runs.map(({ out }) => readFileSync(join(out, 'weights.safetensors')).toString('base64'))
  expect(runs.filter((_, index) => weights[index] !== weights[0])).toEqual([])
})
