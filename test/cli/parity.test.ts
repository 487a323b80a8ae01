import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readSafetensors, toWeights } from '@main/formats/safetensors'
import { parityFolders } from '../parity/load-parity'
import { parityLimits } from '../parity/run-parity'
import { webGpuMissing } from '../support/node-webgpu'
import { sharedMissing } from '../support/shared-folder'
import { temporaryFolder } from '../support/temporary-folder'
import { readLines, unroll } from './run-unroll'

interface Expected { steps: { step: number; loss: number; gradNorm: number }[] }

const cases = parityFolders().map((folder) => ({ name: basename(folder), folder }))
const gpuMissing = await webGpuMissing()

/** `unroll train` on a case that was run in PyTorch: every step's loss and gradient norm, and the final weights. */
async function agrees(folder: string, device: 'cpu' | 'gpu'): Promise<void> {
  const run = join(temporaryFolder(), 'run')
  const { code, stderr } = await unroll(['train', join(folder, 'experiment.json'), '--out', run, '--device', device])
  expect(stderr).not.toContain('error:')
  expect(code).toBe(0)
  expect(JSON.parse(readFileSync(join(run, 'run.json'), 'utf8'))).toMatchObject({ state: 'done', deviceKind: device })
  const expected = JSON.parse(readFileSync(join(folder, 'expected/expected.json'), 'utf8')) as Expected
  const lines = readLines(join(run, 'metrics.jsonl')).filter(({ split }) => split === 'train')
  expect(lines.map(({ step }) => step)).toEqual(expected.steps.map(({ step }) => step))
  lines.forEach(({ loss, gradNorm }, at) => {
    const { loss: lossThere, gradNorm: normThere } = expected.steps[at]!
    expect(Math.abs(loss - lossThere) / Math.abs(lossThere)).toBeLessThan(parityLimits.loss)
    expect(Math.abs(gradNorm! - normThere) / normThere).toBeLessThan(parityLimits.gradNorm)
  })
  const ours = toWeights(readSafetensors(readFileSync(join(run, 'weights.safetensors'))))
  const theirs = toWeights(readSafetensors(readFileSync(join(folder, 'expected/final.safetensors'))))
  expect(Object.keys(ours).sort()).toEqual(Object.keys(theirs).sort())
  for (const [tensor, { shape, data }] of Object.entries(theirs)) {
    expect(ours[tensor]!.shape).toEqual(shape)
    const difference = norm(data.map((value, at) => value - ours[tensor]!.data[at]!))
    expect(difference / norm(data), tensor).toBeLessThan(parityLimits.weights)
  }
}

const norm = (values: Float32Array): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))

describe(`PyTorch's numbers from the command line${sharedMissing === null ? '' : ` (own cases alone: ${sharedMissing})`}`, () => {
  test.each(cases)('$name on the CPU', ({ folder }) => agrees(folder, 'cpu'))
  test.skipIf(gpuMissing !== null).each(cases)(`$name on the GPU${gpuMissing === null ? '' : ` (${gpuMissing})`}`, ({ folder }) => agrees(folder, 'gpu'), 120_000)
})
