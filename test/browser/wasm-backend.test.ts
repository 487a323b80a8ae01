import { afterAll, beforeAll, expect, it } from 'vitest'
import { securityHeaders } from '@main/hosts/page/security-headers'
import { describeInChromium } from '../support/chromium'
import { startBrowserWorker, type BrowserWorker } from './harness'
import type { WasmSuiteAnswer } from './wasm-suite-worker'

/** The app's own policy, and WebAssembly: in the app these kernels run in Node's workers, where there is no such policy. */
function withWebAssembly(): Record<string, string> {
  const headers = securityHeaders()
  return { ...headers, 'Content-Security-Policy': headers['Content-Security-Policy']!.replace('script-src', 'script-src \'wasm-unsafe-eval\'') }
}

describeInChromium('WebAssembly backend in a dedicated Worker of Chromium', () => {
  let worker: BrowserWorker
  beforeAll(async () => { worker = await startBrowserWorker('test/browser/wasm-suite-worker.ts', withWebAssembly()) })
  afterAll(() => worker?.close())

  it.each([
    { simd: 'simd', description: 'WebAssembly SIMD' },
    // Chromium has relaxed SIMD since version 114, so this is where that build is tested.
    { simd: 'relaxed-simd', description: 'WebAssembly relaxed SIMD' },
    { simd: null, description: 'WebAssembly relaxed SIMD' },
  ])('agrees with the oracle on every primitive: build $simd', async ({ simd, description }) => {
    const answer = await worker.ask<WasmSuiteAnswer>({ simd })
    expect(answer.failure).toBe(null)
    expect(answer.description).toBe(description)
    expect(answer.reports.filter(({ passed }) => !passed).map((report) => `${report.name}: ${report.message}`)).toEqual([])
    expect(answer.reports.length).toBeGreaterThan(100)
    expect(worker.console).toEqual([])
  })
})
