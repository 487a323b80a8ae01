import { basename } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { GpuMode } from '@main/engine/backends/gpu/gpu-backend'
import { loadParityCase, parityFolders } from '../parity/load-parity'
import { parityLimits } from '../parity/run-parity'
import { describeInChromium } from '../support/chromium'
import type { SuiteAnswers, SuiteQuestion } from './gpu-suite-worker'
import { startBrowserWorker, type BrowserWorker } from './harness'

const modes: { mode: GpuMode; executor: string; name: RegExp }[] = [
  { mode: 'webgpu', executor: 'fused-encoder', name: /^WebGPU \(.+\)$/ },
  { mode: 'webgl2', executor: 'generic', name: /^WebGL2 \(.+\)$/ },
]

describeInChromium('GPU backend in a dedicated Worker of Chromium', () => {
  let worker: BrowserWorker
  beforeAll(async () => { worker = await startBrowserWorker('test/browser/gpu-suite-worker.ts') })
  afterAll(() => worker?.close())

  async function ask<Kind extends SuiteQuestion['kind']>(question: SuiteQuestion & { kind: Kind }): Promise<SuiteAnswers[Kind]> {
    const { answer, failure } = await worker.ask<{ answer: SuiteAnswers[Kind]; failure?: string }>(question)
    if (failure !== undefined) throw new Error(failure)
    return answer
  }

  describe.each(modes)('$mode', ({ mode, executor, name }) => {
    it(`runs as ${executor}`, async () => {
      const found = await ask({ kind: 'describe', mode })
      expect(found.executor).toBe(executor)
      expect(found.description).toMatch(name)
    })

    it('agrees with the oracle on every primitive', async () => {
      const reports = await ask({ kind: 'primitives', mode })
      expect(reports.filter(({ passed }) => !passed).map((report) => `${report.name}: ${report.message}`)).toEqual([])
      expect(reports.length).toBeGreaterThan(100)
    }, 240_000)

    it('finds rows and columns of millions of elements', async () => {
      expect(await ask({ kind: 'large', mode })).toBe('')
    })

    it.each(parityFolders().map((folder) => ({ case: basename(folder), folder })))('agrees with PyTorch: $case', async ({ folder }) => {
      const one = await loadParityCase(folder)
      const report = await ask({ kind: 'parity', mode, one })
      expect(report.steps).toBe(one.expected.steps.length)
      expect(report.loss).toBeLessThan(parityLimits.loss)
      expect(report.gradNorm).toBeLessThan(parityLimits.gradNorm)
      expect(report.weights).toBeLessThan(parityLimits.weights)
      expect(report.states).toBeLessThan(parityLimits.states)
    }, 120_000)
  })

  it('leaves the console empty: no warning, no refusal by the content security policy', () => {
    expect(worker.console).toEqual([])
  })
})
