import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { type RunningApp, describeApp, launchApp } from './launch'
import { askOverPort } from './raw-rpc'

describeApp('the hidden compute window', () => {
  let app: RunningApp
  beforeAll(async () => { app = await launchApp() })
  afterAll(() => app?.close())

  it('gets its port, and its worker answers for the GPU; then it is gone', async () => {
    const { r } = await askOverPort(app.page, 'app.info', null)
    const { gpu } = r as { gpu: { available: boolean; description: string } }
    expect(gpu.available, gpu.description).toBe(true)
    expect(gpu.description).toMatch(/WebG(PU|L2)/)
    await vi.waitFor(async () => {
      expect(await app.main(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((window) => window.webContents.getURL()))).toEqual(['app://unroll/index.html'])
    })
  })
})
