import { readFileSync } from 'node:fs'
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

/** Bundles a worker's entry as the app's build does: one module, not minified, browsers' version of GPU.js. */
export async function bundleWorker(entry: string, outDir: string): Promise<string> {
  await build({
    configFile: false,
    root: top,
    logLevel: 'error',
    resolve: { alias: aliases },
    build: {
      outDir, emptyOutDir: false, minify: false, target: 'chrome120', copyPublicDir: false, modulePreload: false,
      rollupOptions: { input: join(top, entry), output: { format: 'es', entryFileNames: 'worker.js', codeSplitting: false } },
    },
  })
  return join(outDir, 'worker.js')
}

/** A dedicated Worker of a page in a real Chromium, under the app's own content security policy. */
export interface BrowserWorker {
  readonly page: Page
  /** Sends one message and answers with the worker's next one. */
  ask<Answer>(question: unknown): Promise<Answer>
  /** What the page and the worker wrote to the console, and refused requests. */
  readonly console: readonly string[]
  close(): Promise<void>
}

/** @param headers what page and worker are served with; the app's own when left out */
export async function startBrowserWorker(entry: string, headers: Record<string, string> = securityHeaders()): Promise<BrowserWorker> {
  const folder = await mkdtemp(join(tmpdir(), 'unroll-browser-'))
  let server: Server | undefined
  let browser: Browser | undefined
  const close = async () => {
    await browser?.close()
    await new Promise<void>((resolve) => { if (server) server.close(() => resolve()); else resolve() })
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const script = readFileSync(await bundleWorker(entry, folder))
    server = await serve(script, headers)
    browser = await launchChromium()
    const page = await browser.newPage()
    const lines: string[] = []
    page.on('console', (message) => lines.push(message.text()))
    page.on('pageerror', (error) => lines.push(error.message))
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
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
      page,
      console: lines,
      close,
      async ask<Answer>(question: unknown) {
        const answer = await page.evaluate((value) =>
          (globalThis as unknown as { askWorker(question: unknown): Promise<{ data?: unknown; failure?: string }> }).askWorker(value), question)
        if (answer.failure !== undefined) throw new Error(`${answer.failure}\n${lines.join('\n')}`)
        return answer.data as Answer
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function serve(script: Buffer, headers: Record<string, string>): Promise<Server> {
  const server = createServer((request, response) => {
    const isScript = request.url === '/worker.js'
    response.writeHead(isScript || request.url === '/' ? 200 : 404, { 'Content-Type': isScript ? 'text/javascript' : 'text/html', ...headers })
    response.end(isScript ? script : '<!doctype html><title>Unroll</title><link rel="icon" href="data:,">')
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  return server
}
