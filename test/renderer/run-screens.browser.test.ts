import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import type { Browser, Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { securityHeaders } from '@main/hosts/page/security-headers'
import { aliases } from '../../build/aliases'
import { describeInChromium, launchChromium } from '../support/chromium'

const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }

describeInChromium('run screens in Chromium, under the app\'s own policy', () => {
  let folder: string
  let server: Server
  let browser: Browser
  const complaints: string[] = []

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'unroll-screens-'))
    await build({
      configFile: false, logLevel: 'error', root: fileURLToPath(new URL('./preview', import.meta.url)), plugins: [vue()], resolve: { alias: aliases },
      build: { outDir: folder, emptyOutDir: true, minify: false, target: 'chrome120' },
    })
    server = createServer(async (request, response) => {
      const path = new URL(request.url ?? '/', 'http://localhost').pathname
      const body = await readFile(join(folder, path === '/' ? 'index.html' : path)).catch(() => null)
      response.writeHead(body ? 200 : 404, { 'Content-Type': types[extname(path)] ?? 'text/html', ...securityHeaders() })
      response.end(body)
    })
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    server?.close()
    await rm(folder, { recursive: true, force: true })
  })

  async function open(hash: string, size = { width: 1280, height: 800 }, colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
    const page = await browser.newPage({ viewport: size, colorScheme })
    page.on('console', (message) => { if (['error', 'warning'].includes(message.type()) && !/favicon/.test(message.location().url)) complaints.push(message.text()) })
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${hash}`)
    return page
  }

  it('reads a chart out by keys, zooms into it and comes back', async () => {
    const page = await open('#/dashboard/run-series')
    const chart = page.getByRole('slider', { name: 'Loss', exact: true })
    await chart.focus()
    await page.keyboard.press('Home')
    await expect.poll(() => chart.getAttribute('aria-valuetext')).toMatch(/^Training step 1: training 1\.\d+/)
    await page.keyboard.press('ArrowRight')
    const first = Number(await chart.getAttribute('aria-valuenow'))
    expect(first).toBeGreaterThan(1)
    // Zoomed to a stretch narrower than the plot's pixels, arrows go from step to step.
    for (let time = 0; time < 6; time++) await page.keyboard.press('+')
    await page.keyboard.press('ArrowRight')
    expect(Number(await chart.getAttribute('aria-valuenow'))).toBe(first + 1)
    await page.getByRole('button', { name: 'Show all' }).first().click()
    await expect.poll(() => page.getByRole('button', { name: 'Show all' }).count()).toBe(0)
    await page.close()
  })

  it('zooms by dragging, all charts of the screen at once', async () => {
    const page = await open('#/dashboard/run-series')
    const box = (await page.getByRole('slider', { name: 'Loss', exact: true }).boundingBox())!
    await page.mouse.move(box.x + 300, box.y + 80)
    await page.mouse.down()
    await page.mouse.move(box.x + 500, box.y + 90, { steps: 4 })
    await page.mouse.up()
    await expect.poll(() => page.getByRole('button', { name: 'Show all' }).count()).toBe(3)
    await page.close()
  })

  it('tells the exact value of the cell under the pointer, and of the one that keys lead to', async () => {
    const page = await open('#/states/run-text')
    const map = page.getByRole('application')
    await map.waitFor()
    const box = (await map.boundingBox())!
    await page.mouse.move(box.x + 40 + 11 * 23 + 5, box.y + 120)
    const readout = page.locator('.readout')
    await expect.poll(() => readout.textContent()).toMatch(/^unit \d+ {2}· {2}step 23 {2}· {2}“.+” {2}· {2}h = −?[\d.]+ {2}· {2}p\(next\) = /)
    const unit = Number(/unit (\d+)/.exec((await readout.textContent())!)![1])
    await map.focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('End')
    await expect.poll(() => readout.textContent()).toContain(`unit ${unit + 1}  ·  step 399`)
    expect(await map.evaluate((element) => element.scrollLeft)).toBeGreaterThan(1000)
    await page.keyboard.press('Enter')
    await expect.poll(() => page.getByRole('heading', { name: `Unit ${unit + 1}` }).count()).toBe(1)
    await page.close()
  })

  it('writes text on Ctrl+Enter, the same for the same seed', async () => {
    const page = await open('#/playground/run-text')
    await page.getByRole('textbox', { name: /goes on/ }).fill('Call me ')
    await page.keyboard.press('Control+Enter')
    const output = page.getByRole('region', { name: 'Generated text' })
    await output.waitFor()
    const before = await output.textContent()
    await page.keyboard.press('Control+Enter')
    await page.waitForTimeout(200)
    expect(await output.textContent()).toBe(before)
    await page.close()
  })

  it('pauses on Space, but not where Space presses a button', async () => {
    const page = await open('#/dashboard/run-text')
    await page.getByRole('button', { name: 'Pause' }).waitFor()
    await page.locator('main').focus()
    await page.keyboard.press('Space')
    await page.getByRole('button', { name: 'Resume' }).waitFor()
    await page.getByRole('button', { name: 'Show as table' }).first().focus()
    await page.keyboard.press('Space')
    await page.getByRole('table').waitFor()
    expect(await page.getByRole('button', { name: 'Resume' }).count()).toBe(1)
    await page.close()
  })

  it.each([['light', 900, 600], ['dark', 1280, 800], ['light', 2560, 1300]] as const)('overflows nowhere: %s, %i × %i', async (theme, width, height) => {
    for (const hash of ['#/dashboard/run-text', '#/dashboard/run-failed', '#/states/run-series', '#/playground/run-text', '#/playground/run-series', '#/playground/run-generated', '#/export/run-text']) {
      const page = await open(hash, { width, height }, theme)
      await page.locator('.content').waitFor()
      await page.waitForTimeout(400)
      const over = await page.evaluate(() => [...document.querySelectorAll('main, main *')].filter((element) =>
        element instanceof HTMLElement && element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflowX === 'visible')
        .map((element) => `${element.tagName}.${element.className} ${element.scrollWidth} > ${element.clientWidth}`))
      expect({ hash, over }).toEqual({ hash, over: [] })
      await page.close()
    }
  }, 120_000)

  it('leaves the console empty', () => { expect(complaints).toEqual([]) })
})
