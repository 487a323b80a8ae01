import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeInChromium } from '../support/chromium'
import { startBrowserWorker, type BrowserWorker } from './harness'
import type { SuiteAnswer } from './gpu-suite-worker'

describeInChromium('GPU backend in a dedicated Worker of Chromium', () => {
  let worker: BrowserWorker
  beforeAll(async () => { worker = await startBrowserWorker('test/browser/gpu-suite-worker.ts') })
  afterAll(() => worker?.close())

  describe.each([{ mode: 'webgpu', name: /^WebGPU \(/ }, { mode: 'webgl2', name: /^WebGL2 \(/ }])('$mode', ({ mode, name }) => {
    it('agrees with the oracle on every primitive', async () => {
      const { description, reports, failure } = await worker.ask<SuiteAnswer>({ mode })
      expect(failure).toBe(null)
      expect(description).toMatch(name)
      expect(reports.filter(({ passed }) => !passed).map((report) => `${report.name}: ${report.message}`)).toEqual([])
      expect(reports.length).toBeGreaterThan(100)
      expect(worker.console).toEqual([])
    }, 240_000)
  })
})
