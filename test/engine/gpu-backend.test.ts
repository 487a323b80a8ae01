import { basename } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '@main/engine/backends/backend'
import { createGpuBackend } from '@main/engine/backends/gpu/gpu-backend'
import { webGpuMissing } from '../support/node-webgpu'
import { loadParityCase, parityFolders } from '../parity/load-parity'
import { parityLimits, runParity } from '../parity/run-parity'
import { checkLargeIndices } from './large-indices'
import { behaviourCases, checkCase, primitiveCases } from './primitive-cases'

const missing = await webGpuMissing()
const modes = [
  { mode: 'cpu' as const, executor: 'generic', skip: null },
  { mode: 'webasm' as const, executor: 'fused-sync', skip: null },
  { mode: 'webgpu' as const, executor: 'fused-encoder', skip: missing },
]

for (const { mode, executor, skip } of modes) {
  describe.skipIf(skip)(`GPU backend, mode ${mode}${skip ? ` (skipped: ${skip})` : ''}`, () => {
    let backend: Backend
    beforeAll(async () => { backend = await createGpuBackend({ mode }) })
    afterAll(() => backend.dispose())

    it.each(primitiveCases)('$name', async (one) => { expect((await checkCase(backend, one)).message).toBe('') })
    it.each(behaviourCases)('$name', ({ check }) => check(backend))

    it(`runs as ${executor}`, async () => {
      const program = await backend.compile((ops) => ({ results: { sum: ops.biasSum(ops.sequenceInput('x', 3, 2, 5)) } }))
      expect(program.executor).toBe(executor)
      program.dispose()
    })

    it('finds rows and columns of millions of elements', async () => {
      expect(await checkLargeIndices(backend)).toBe('')
    })

    it.each(parityFolders().map((folder) => ({ name: basename(folder), folder })))('agrees with PyTorch: $name', async ({ folder }) => {
      const one = await loadParityCase(folder)
      const report = await runParity(backend, one)
      expect(report.steps).toBe(one.expected.steps.length)
      expect(report.loss).toBeLessThan(parityLimits.loss)
      expect(report.gradNorm).toBeLessThan(parityLimits.gradNorm)
      expect(report.weights).toBeLessThan(parityLimits.weights)
      expect(report.states).toBeLessThan(parityLimits.states)
    }, 120_000)
  })
}
