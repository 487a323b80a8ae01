import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { aliases } from '../../build/aliases'
import { describeInChromium } from '../support/chromium'
import type { Trained } from './compute-client'
import { bundle, openServed, type ServedPage } from './harness'

const root = fileURLToPath(new URL('../../src-renderer', import.meta.url))

describeInChromium('the desktop\'s hidden GPU page', () => {
  let served: ServedPage
  beforeAll(async () => {
    served = await openServed(async (folder) => {
      await build({
        configFile: false, root, logLevel: 'error', resolve: { alias: aliases }, worker: { format: 'es' },
        build: { outDir: folder, emptyOutDir: false, minify: false, rollupOptions: { input: `${root}/compute.html` } },
      })
      await bundle('test/browser/compute-client.ts', folder, 'client.js')
    }, '/compute.html')
  })
  afterAll(() => served?.close())

  it('trains in a worker over the port it was given, in one piece on the GPU, where no code can be made at run time', { retry: 2 }, async () => {
    await served.page.addScriptTag({ url: '/client.js', type: 'module' })
    const { description, executor, losses, stopMs, runtimeCode } = await served.page.evaluate(() => (globalThis as unknown as { train(): Promise<Trained> }).train())
    expect(description).toMatch(/^WebGPU \(.+\)$/)
    expect(executor).toBe('fused-encoder')
    expect(losses).toHaveLength(60)
    expect(losses.at(-1)).toBeLessThan(losses[0]! * 0.75)
    expect(stopMs).toBeLessThan(100)
    expect(runtimeCode).toBe('EvalError')
    // The one thing refused is that attempt.
    expect(served.console.filter((line) => !line.includes('unsafe-eval') && !line.includes('favicon'))).toEqual([])
  })
})
