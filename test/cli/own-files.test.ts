import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder'
import { unroll, writeExperiment } from './run-unroll'

test('what is taken away from a run never takes the place of a run\'s own file', async () => {
  const folder = temporaryFolder()
  const run = join(folder, 'run')
  expect((await unroll(['train', writeExperiment(folder, { maxSteps: 20 }), '--out', run])).code).toBe(0)
  for (const [name, ...args] of [
    ['experiment.json', 'export', run], ['Best.safetensors', 'export', run], ['checkpoints/step-000020.safetensors', 'export', run],
    ['run.json', 'export', run, '--format', 'experiment'], ['metrics.jsonl', 'inspect', run, '--input', 'the', '--csv'],
  ] as [string, ...string[]][]) {
    const there = join(run, name === 'Best.safetensors' ? 'best.safetensors' : name)
    const before = readFileSync(there)
    const { code, stdout, stderr } = await unroll([...args, '--out', join(run, name)])
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toBe(`error: ${join(run, name)} is a file of a run's own; writing there would take it away from the run.\nhint: Give it another name or another folder.\n`)
    expect(readFileSync(there).equals(before)).toBe(true)
  }
  // A name of its own may stand in the run's folder, and such a name in a folder that is no run.
  mkdirSync(join(folder, 'elsewhere'))
  writeFileSync(join(folder, 'elsewhere/experiment.json'), 'old')
  expect(await unroll(['export', run, '--out', join(run, 'model.safetensors')])).toMatchObject({ code: 0, stderr: '' })
  expect(await unroll(['export', run, '--format', 'experiment', '--out', join(folder, 'elsewhere/experiment.json')])).toMatchObject({ code: 0, stderr: '' })
})
