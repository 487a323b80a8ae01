import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readSafetensors, toWeights } from '@main/formats/safetensors'
import { webGpuMissing } from '../support/node-webgpu'
import { sharedMissing, sharedPath } from '../support/shared-folder'
import { temporaryFolder } from '../support/temporary-folder'
import { readLines, unroll } from './run-unroll'

interface Expected { steps: { step: number; loss: number; gradNorm: number }[] }

const cases = ['rnn-tanh-every-step', 'rnn-relu-lengths-mse']
const gpuMissing = await webGpuMissing()

/** `unroll train` on a case that was run in PyTorch: every step's loss and gradient norm, and the final weights. */
async function agrees(name: string, device: 'cpu' | 'gpu'): Promise<void> {
  const run = join(temporaryFolder(), 'run')
  const { code, stderr } = await unroll(['train', sharedPath(`parity/${name}/experiment.json`), '--out', run, '--device', device])
  expect(stderr).not.toContain('error:')
  expect(code).toBe(0)
  const expected = JSON.parse(readFileSync(sharedPath(`parity/${name}/expected/expected.json`), 'utf8')) as Expected
  const lines = readLines(join(run, 'metrics.jsonl')).filter(({ split }) => split === 'train')
  expect(lines.map(({ step }) => step)).toEqual(expected.steps.map(({ step }) => step))
  lines.forEach(({ loss, gradNorm }, at) => {
    const { loss: lossThere, gradNorm: normThere } = expected.steps[at]!
    expect(Math.abs(loss - lossThere) / Math.abs(lossThere)).toBeLessThan(1e-4)
    expect(Math.abs(gradNorm! - normThere) / normThere).toBeLessThan(1e-4)
  })
  const ours = toWeights(readSafetensors(readFileSync(join(run, 'weights.safetensors'))))
  const theirs = toWeights(readSafetensors(readFileSync(sharedPath(`parity/${name}/expected/final.safetensors`))))
  expect(Object.keys(ours).sort()).toEqual(Object.keys(theirs).sort())
  for (const [tensor, { shape, data }] of Object.entries(theirs)) {
    expect(ours[tensor]!.shape).toEqual(shape)
    data.forEach((value, at) => expect(Math.abs(ours[tensor]!.data[at]! - value)).toBeLessThan(1e-4))
  }
}

describe.skipIf(sharedMissing !== null)(`PyTorch's numbers from the command line${sharedMissing === null ? '' : ` (${sharedMissing})`}`, () => {
  test.each(cases)('%s on the CPU', (name) => agrees(name, 'cpu'))
  test.skipIf(gpuMissing !== null).each(cases)(`%s on the GPU${gpuMissing === null ? '' : ` (${gpuMissing})`}`, (name) => agrees(name, 'gpu'), 120_000)
})
