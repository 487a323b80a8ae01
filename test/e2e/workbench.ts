import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { launchChromium } from '../support/chromium'
import { startApp, type StartedApp } from '../support/start-app'

/** The served workbench in a browser, as a user has it: `npm start -- --serve`, then the address it prints. */
export interface Workbench {
  app: StartedApp
  page: Page
  /** What the page complained of on its console. */
  complaints: readonly string[]
  /** Goes to a screen by the rail. */
  screen(name: string): Promise<void>
  /** Pixels by which the window itself could be scrolled, its rail and header out of sight: 0, or something is wrong. */
  overhang(): Promise<number>
  /** Clicks what opens the file dialog, and chooses this file. */
  choose(path: string, click: () => Promise<void>): Promise<void>
  end(): Promise<void>
}

/** @param prepare leaves in its home what was there before */
export async function openWorkbench(options: BrowserContextOptions = {}, prepare?: (home: string) => Promise<void>): Promise<Workbench> {
  const app = await startApp(['--serve', '--port', '0'], {}, prepare)
  let browser: Browser | undefined
  const end = async () => {
    await browser?.close()
    await app.end()
  }
  try {
    browser = await launchChromium()
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, ...options })
    page.setDefaultTimeout(20_000)
    const complaints: string[] = []
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (message) => { if (message.type() === 'error') complaints.push(`${message.text()} ${message.location().url}`) })
    await page.goto((await app.address()).href)
    await page.getByRole('heading', { name: 'Start with a sample' }).waitFor()
    return {
      app, page, complaints, end,
      screen: (name) => page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name, exact: true }).click(),
      overhang: () => page.evaluate(() => Math.max(...[document.scrollingElement!, ...document.querySelectorAll('.shell, #main')].map((box) => getComputedStyle(box).overflowY === 'clip' ? 0 : box.scrollHeight - box.clientHeight))),
      async choose(path, click) {
        const chooser = page.waitForEvent('filechooser')
        await click()
        await (await chooser).setFiles(path)
      },
    }
  } catch (error) {
    await end()
    throw error
  }
}
