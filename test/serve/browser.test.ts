import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { UnrollError } from '@shared/errors'
import { type Served, serve } from '@main/hosts/serve/serve'
import { bundle } from '../browser/harness'
import { stubServices } from '../rpc/stub-services'
import { describeInChromium, launchChromium } from '../support/chromium'
// Declares the page's window.client.
import type {} from './browser-page'

const hidden = Float32Array.of(0.25, Number.NaN, -1, Number.POSITIVE_INFINITY)

describeInChromium('the workbench\'s client in a browser', () => {
  let folder: string
  let served: Served
  let services: ReturnType<typeof stubServices>
  let browser: Browser
  let page: Page
  const complaints: string[] = []

  async function start(port: number): Promise<void> {
    services = stubServices({
      'inspect.states': async ({ id }) => ({ runId: id, step: 1, units: 2, steps: 2, hidden, labels: ['a', 'b'], surprise: null }),
      'runs.get': async () => { throw new UnrollError('run.missing', 'There is no such run.', { hint: 'Choose another.' }) },
    })
    served = await serve({ port, home: join(folder, 'home'), renderer: join(folder, 'renderer'), services })
  }

  async function open(address: string): Promise<Page> {
    const opened = await browser.newPage()
    await opened.goto(address)
    return opened
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'unroll-served-'))
    await bundle('test/serve/browser-page.ts', join(folder, 'renderer'), 'page.js')
    await writeFile(join(folder, 'renderer/index.html'), '<!doctype html><title>Unroll</title><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>')
    await start(0)
    browser = await launchChromium()
    page = await browser.newPage()
    page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()) })
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(served.address)
    await page.waitForFunction(() => window.client)
  })
  afterAll(async () => {
    await browser?.close()
    await served?.close()
    await rm(folder, { recursive: true, force: true })
  })

  it('comes in by the printed address, and the token is gone from it', async () => {
    expect(page.url()).toBe(`http://127.0.0.1:${served.port}/`)
    expect(await page.evaluate(() => [window.client!.host?.kind, document.cookie])).toEqual(['serve', ''])
    // Nor is it one step back.
    expect(await page.evaluate(() => performance.getEntriesByType('navigation').map(({ name }) => name))).toEqual([page.url()])
  })

  it('calls, gets typed arrays and errors, and hears events', async () => {
    const answer = await page.evaluate(async () => {
      const { rpc } = window.client!.host!
      const states = await rpc.call('inspect.states', { id: 'run-1', input: { kind: 'text', text: 'ab' } })
      const error = await rpc.call('runs.get', { id: 'x' }).then(() => null, (error: { code: string; message: string; hint: string }) => [error.code, error.message, error.hint])
      return { isFloat32: states.hidden instanceof Float32Array, values: [...states.hidden].map(String), surprise: states.surprise, error }
    })
    expect(answer).toEqual({ isFloat32: true, values: ['0.25', 'NaN', '-1', 'Infinity'], surprise: null, error: ['run.missing', 'There is no such run.', 'Choose another.'] })
    const heard = page.evaluate(() => new Promise((resolve) => window.client!.host!.rpc.on('import.progress', resolve)))
    await vi.waitFor(async () => {
      services.emit('import.progress', { stage: 'reading', bytes: 1, totalBytes: 2, rows: 3, remainingMs: null })
      expect(await Promise.race([heard, new Promise((resolve) => setTimeout(resolve, 50))])).toEqual({ stage: 'reading', bytes: 1, totalBytes: 2, rows: 3, remainingMs: null })
    })
  })

  it('sends a file with progress', async () => {
    const { token, sent } = await page.evaluate(async () => {
      const sent: number[] = []
      const file = new File(['Call me Ishmael. '.repeat(500_000)], 'moby – dick.txt')
      return { token: await window.client!.host!.registerFile(file, (bytes) => sent.push(bytes)), sent }
    })
    expect(token.name).toBe('moby – dick.txt')
    expect(sent.at(-1)).toBe(8_500_000)
    expect((await readFile(services.pathOf(token.token)!)).byteLength).toBe(8_500_000)
  })

  it('keeps nothing of a file whose sending was cancelled', async () => {
    const before = await readdir(join(folder, 'home/uploads'))
    const code = await page.evaluate(async () => {
      const ending = new AbortController()
      const file = new File([new Uint8Array(200_000_000)], 'large.txt')
      const sending = window.client!.host!.registerFile(file, () => ending.abort(), ending.signal)
      return sending.then(() => 'sent', (error: { code: string }) => error.code)
    })
    expect(code).toBe('upload.cancelled')
    await vi.waitFor(async () => expect(await readdir(join(folder, 'home/uploads'))).toEqual(before))
  })

  it('hands an export over as a download', async () => {
    const path = join(folder, 'weights.safetensors')
    await writeFile(path, 'weights')
    const { token } = await services.grantFile(path)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.evaluate((token) => window.client!.host!.saveExport({ token, fileName: 'weights.safetensors', bytes: 7, verified: 'yes' }), token),
    ])
    expect(download.suggestedFilename()).toBe('weights.safetensors')
    expect(await readFile(await download.path(), 'utf8')).toBe('weights')
  })

  it('tells a browser that is not signed in what to do', async () => {
    const stranger = await browser.newContext().then((context) => context.newPage())
    const response = await stranger.goto(`http://127.0.0.1:${served.port}/`)
    expect(response!.status()).toBe(401)
    expect(await stranger.textContent('body')).toContain('printed, with its token')
    await stranger.context().close()
  })

  it('has broken no rule of the page\'s policy so far', () => {
    expect(complaints).toEqual([])
  })

  it('tells that the server is gone, and reconnects when it is back', async () => {
    const { port } = served
    await served.close()
    await page.waitForFunction(() => window.client!.connection.at(-1) === false)
    const code = await page.evaluate(() => window.client!.host!.rpc.call('app.info').then(() => 'answered', (error: { code: string }) => error.code))
    expect(code).toBe('rpc.disconnected')
    await start(port)
    await page.waitForFunction(() => window.client!.connection.at(-1) === true)
    expect(await page.evaluate(() => window.client!.host!.rpc.call('app.info').then(({ version }) => version))).toBe('1.2.3')
    expect(await page.evaluate(() => window.client!.connection)).toEqual([false, true])
  })

  it('says so when a page that was kept has lost its cookie', async () => {
    const opened = await open(served.address)
    await opened.waitForFunction(() => window.client)
    await opened.context().clearCookies()
    const script = await readFile(join(folder, 'renderer/page.js'), 'utf8')
    await opened.route('**/*', (route) => route.request().url().endsWith('.js')
      ? route.fulfill({ contentType: 'text/javascript', body: script })
      : route.request().resourceType() === 'document' ? route.fulfill({ contentType: 'text/html', body: '<script type="module" src="/page.js"></script>' }) : route.continue())
    await opened.reload()
    await opened.waitForFunction(() => window.client)
    expect(await opened.evaluate(() => window.client!.refusal)).toMatchObject({ code: 'serve.signed-out' })
    await opened.context().close()
  })
})
