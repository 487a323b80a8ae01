import type { Browser, Page } from 'playwright-core'
import { serve } from '@main/hosts/serve/serve'
import type { Services } from '@main/services/host-capabilities'
import type { Run } from '@shared/rpc/schemas'
import { openBrowser, type Rasteriser } from './browser'
import { Stream } from './metric-stream'
import { lengthen, openHome, trainShortly } from './served-runs'

/** A workbench being served, with one run, and a browser beside it. */
export interface Served {
  run: Run
  address: string
  browser: Browser
  end(): Promise<void>
}

async function served(home: string, services: Services, remove: () => Promise<void>, run: Run, rasteriser: Rasteriser): Promise<Served> {
  const { address, close } = await serve({ port: 0, home, services })
  const browser = await openBrowser(rasteriser)
  return {
    run, address, browser,
    async end() {
      await browser.close()
      await close()
      await remove()
    },
  }
}

/** A real GRU of 512 units over the book, to look inside. */
export async function serveWideGru(rasteriser: Rasteriser): Promise<Served> {
  const { home, services, remove } = await openHome()
  const run = await trainShortly(services, 'moby-dick', (defaults) => ({
    ...defaults, model: { ...defaults.model, cell: 'gru', hiddenSize: 512 }, training: { ...defaults.training, maxSteps: 2, window: 16, batchSize: 4 },
  }))
  return served(home, services, remove, run, rasteriser)
}

/** A run of so many measurements, and more of them when its stream is started. */
export async function serveLongRun(rasteriser: Rasteriser, count: number): Promise<Served & { stream: Stream }> {
  const { home, services: first } = await openHome()
  const run = await trainShortly(first, 'us-births', (defaults) => ({ ...defaults, training: { ...defaults.training, maxSteps: 20 } }))
  await first.close()
  await lengthen(home, run, count)
  const { services, remove } = await openHome(home)
  const stream = new Stream(services)
  return { ...await served(home, stream.services, remove, run, rasteriser), stream }
}

/** A page at its first screen. */
export async function openStart({ browser, address }: Pick<Served, 'browser' | 'address'>, viewport: { width: number; height: number }): Promise<Page> {
  const page = await (await browser.newContext({ viewport })).newPage()
  await page.goto(address)
  await page.getByRole('heading', { name: 'Start with a sample' }).waitFor()
  return page
}

export const goTo = (page: Page, hash: string): Promise<void> => page.evaluate((hash) => { location.hash = hash }, hash)
