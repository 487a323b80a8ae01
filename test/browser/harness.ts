import { existsSync, readFileSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { build } from 'vite'
import { securityHeaders } from '@main/hosts/page/security-headers'
import { aliases } from '../../build/aliases'
import { launchChromium } from '../support/chromium'

const top = fileURLToPath(new URL('../..', import.meta.url))

/** Bundles an entry as the app's build does: one module `name`, not minified, browsers' version of GPU.js. */
export async function bundle(entry: string, outDir: string, name: string): Promise<void> {
  await build({
    configFile: false,
    root: top,
    logLevel: 'error',
    resolve: { alias: aliases },
    build: {
      outDir, emptyOutDir: false, minify: false, target: 'chrome120', copyPublicDir: false, modulePreload: false,
      rollupOptions: { input: join(top, entry), output: { format: 'es', entryFileNames: name, codeSplitting: false } },
    },
  })
}

/** A page in a real Chromium, served from a temporary folder under the app's own content security policy. */
export interface ServedPage {
  readonly page: Page
  /** What the page and its workers wrote to the console, and refused requests. */
  readonly console: readonly string[]
  close(): Promise<void>
}

/**
 * @param fill    puts the page's files into the folder
 * @param path    of the page; `/` is an empty one
 * @param headers what everything is served with; the app's own when left out
 */
export async function openServed(fill: (folder: string) => Promise<void>, path: string, headers: Record<string, string> = securityHeaders()): Promise<ServedPage> {
  const folder = await mkdtemp(join(tmpdir(), 'unroll-browser-'))
  let server: Server | undefined
  let browser: Browser | undefined
  const close = async () => {
    await browser?.close()
    await new Promise<void>((resolve) => { if (server) server.close(() => resolve()); else resolve() })
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await fill(folder)
    server = await serve(folder, headers)
    browser = await launchChromium()
    const page = await browser.newPage()
    const lines: string[] = []
    page.on('console', (message) => lines.push(message.text()))
    page.on('pageerror', (error) => lines.push(error.message))
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`)
    return { page, console: lines, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function serve(folder: string, headers: Record<string, string>): Promise<Server> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1')
    const file = join(folder, pathname)
    const found = existsSync(file) && statSync(file).isFile()
    const type = pathname.endsWith('.js') ? 'text/javascript' : 'text/html'
    response.writeHead(found || pathname === '/' ? 200 : 404, { 'Content-Type': type, ...headers })
    response.end(found ? readFileSync(file) : '<!doctype html><title>Unroll</title><link rel="icon" href="data:,">')
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  return server
}

/** A dedicated Worker of such a page. */
export interface BrowserWorker extends ServedPage {
  /** Sends one message and answers with the worker's next one. */
  ask<Answer>(question: unknown): Promise<Answer>
}

interface Answer {
  data?: unknown
  failure?: string
}

/** @param headers as in `openServed` */
export async function startBrowserWorker(entry: string, headers?: Record<string, string>): Promise<BrowserWorker> {
  const served = await openServed((folder) => bundle(entry, folder, 'worker.js'), '/', headers)
  const { page, console: lines } = served
  await page.evaluate(() => {
    const worker = new Worker('/worker.js', { type: 'module' })
    const waiting: ((answer: { data?: unknown; failure?: string }) => void)[] = []
    worker.onmessage = ({ data }) => waiting.shift()?.({ data })
    worker.onerror = ({ message }) => waiting.shift()?.({ failure: message || 'the worker could not be loaded' })
    Object.assign(globalThis, {
      askWorker: (question: unknown) => new Promise((resolve) => {
        waiting.push(resolve)
        worker.postMessage(question)
      }),
    })
  })
  return {
    ...served,
    async ask<Found>(question: unknown) {
      const answer = await page.evaluate((value) => (globalThis as unknown as { askWorker(question: unknown): Promise<Answer> }).askWorker(value), question)
      if (answer.failure !== undefined) throw new Error(`${answer.failure}\n${lines.join('\n')}`)
      return answer.data as Found
    },
  }
}
