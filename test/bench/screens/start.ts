import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { openBrowser, type Rasteriser } from './browser'
import { round } from './frames'
import { openHome, trainShortly } from './served-runs'

const cli = fileURLToPath(new URL('../../../out/main/cli.js', import.meta.url))

/**
 * From starting the server's process to a page that answers: its first screen drawn with the home's own runs, and a key
 * pressed on it acted upon. The browser is there already; its cache is empty the first time.
 */
export default async function* measure(rasteriser: Rasteriser = 'software', times = '7') {
  const { home, services, remove } = await openHome()
  await trainShortly(services, 'us-births', (defaults) => ({ ...defaults, training: { ...defaults.training, maxSteps: 20 } }))
  await services.close()
  const browser = await openBrowser(rasteriser)
  try {
    const rows: Record<string, number>[] = []
    for (let time = 0; time < Number(times); time++) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
      const page = await context.newPage()
      const began = performance.now()
      const server = spawn(process.execPath, [cli, 'serve', '--port', '0', '--home', home], { stdio: ['ignore', 'pipe', 'inherit'] })
      const address = await addressOf(server)
      const listening = performance.now()
      await page.goto(address, { waitUntil: 'commit' })
      // Looked for each frame: a locator's own waiting soon looks twice a second only.
      await page.waitForFunction(() => document.querySelector('#samples-title') !== null && document.querySelector('main button') !== null, undefined, { polling: 'raf' })
      const seen = performance.now()
      await page.keyboard.press('?')
      await page.waitForFunction(() => document.querySelector('[role=dialog]') !== null, undefined, { polling: 'raf' })
      const answered = performance.now()
      const inPage = await page.evaluate(() => ({
        firstPaint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
        bytes: performance.getEntriesByType('resource').reduce((sum, entry) => sum + (entry as PerformanceResourceTiming).transferSize, 0),
        files: performance.getEntriesByType('resource').length,
      }))
      rows.push({ listening: listening - began, seen: seen - began, answered: answered - began, ...inPage })
      yield { what: `start ${time + 1}`, ...Object.fromEntries(Object.entries(rows.at(-1)!).map(([key, value]) => [key, round(value, 0)])) }
      server.kill('SIGTERM')
      await new Promise((resolve) => server.once('exit', resolve))
      await context.close()
    }
    const median = (key: string) => rows.map((row) => row[key]!).sort((a, b) => a - b)[Math.floor(rows.length / 2)]!
    yield { what: 'start, median', ...Object.fromEntries(Object.keys(rows[0]!).map((key) => [key, round(median(key), 0)])) }
  } finally {
    await browser.close()
    await remove()
  }
}

function addressOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = ''
    server.stdout!.on('data', (data: Buffer) => {
      printed += data.toString()
      const found = /http:\/\/\S+/.exec(printed)
      if (found) resolve(found[0])
    })
    server.once('exit', () => reject(new Error(`The server ended: ${printed}`)))
  })
}
