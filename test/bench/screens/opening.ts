import type { Page } from 'playwright-core'
import type { Rasteriser } from './browser'
import { framesDuring, type FrameFigures } from './frames'
import { MachineStalls } from './stalls'
import { goTo, openStart, serveLongRun } from './served'

/**
 * The dashboard of a run of `points` measurements while it opens, from the page's own navigation on: the first time in
 * a page (its code comes too), and again. Then what a user does on it while 200 more a second come.
 */
export default async function* measure(rasteriser: Rasteriser = 'software', points = '1000000', openings = '5', actions = 'yes') {
  const count = Number(points)
  const served = await serveLongRun(rasteriser, count)
  const { run, stream } = served
  const stalls = new MachineStalls()
  try {
    let page: Page | undefined
    const [opened, again]: [FrameFigures[], FrameFigures[]] = [[], []]
    for (let time = 1; time <= Number(openings); time++) {
      await page?.context().close()
      page = await openStart(served, { width: 1280, height: 800 })
      const open = async () => {
        await goTo(page!, `#/dashboard/${run.id}`)
        await page!.getByRole('slider', { name: 'Loss', exact: true }).waitFor()
      }
      opened.push(await framesDuring(page, async () => {
        await open()
        await page!.getByText(/measurements read/).waitFor()
        await page!.getByText(/measurements read/).waitFor({ state: 'detached', timeout: 120_000 })
        await page!.waitForTimeout(1000)
      }, stalls))
      yield { what: `opened, ${count} points coming in (${time})`, ...opened.at(-1)! }
      await goTo(page, '#/start')
      await page.getByRole('heading', { name: 'Start with a sample' }).waitFor()
      again.push(await framesDuring(page, async () => {
        await open()
        await page!.waitForTimeout(1500)
      }, stalls))
      yield { what: `opened again, all ${count} there (${time})`, ...again.at(-1)! }
    }
    yield { what: 'worst of all openings', coming: worst(opened), again: worst(again) }
    if (actions !== 'yes' || !page) return
    stream.start(run.id, count)
    for (const [what, act] of Object.entries(acts)) yield { what: `with 200 more a second: ${what}`, ...await framesDuring(page, () => act(page!), stalls) }
    yield { what: 'streamed', perSecond: stream.rate() }
  } finally {
    stalls.end()
    stream.stop()
    await served.end()
  }
}

const worst = (figures: readonly FrameFigures[]) => ({
  worstMs: Math.max(...figures.map(({ worstMs }) => worstMs)), p99Ms: Math.max(...figures.map(({ p99Ms }) => p99Ms)),
  over50: figures.reduce((sum, { over50 }) => sum + over50, 0), stalled: figures.reduce((sum, { stalled }) => sum + (stalled ?? 0), 0), frames: figures.reduce((sum, { frames }) => sum + frames, 0),
})

/** Each a few times, with a breath in between. */
const acts: Record<string, (page: Page) => Promise<void>> = {
  'nothing else': (page) => page.waitForTimeout(10_000),
  'the theme changes': async (page) => {
    for (let time = 0; time < 6; time++) {
      await page.keyboard.press('Control+Shift+L')
      await page.waitForTimeout(500)
    }
  },
  'log scale on and off': async (page) => {
    for (let time = 0; time < 6; time++) {
      await page.getByRole('switch', { name: 'Log scale' }).click()
      await page.waitForTimeout(500)
    }
  },
  'smoothing moves': async (page) => {
    await page.getByRole('slider', { name: 'Smoothing' }).focus()
    for (let time = 0; time < 20; time++) {
      await page.keyboard.press(time < 10 ? 'ArrowLeft' : 'ArrowRight')
      await page.waitForTimeout(150)
    }
  },
  'another axis': async (page) => {
    for (const name of ['Epoch', 'Time', 'Data', 'Step']) {
      await page.getByRole('radio', { name }).click()
      await page.waitForTimeout(600)
    }
  },
  'a table in place of the loss, and back': async (page) => {
    for (let time = 0; time < 3; time++) {
      await page.getByRole('button', { name: 'Show as table' }).first().click()
      await page.waitForTimeout(500)
      await page.getByRole('button', { name: 'Show as chart' }).first().click()
      await page.waitForTimeout(500)
    }
  },
  'the window is resized': async (page) => {
    for (const width of [1200, 1000, 800, 1000, 1280, 1600, 1280]) {
      await page.setViewportSize({ width, height: 800 })
      await page.waitForTimeout(400)
    }
  },
  'scrolled': async (page) => {
    await page.mouse.move(700, 500)
    for (let time = 0; time < 40; time++) {
      await page.mouse.wheel(0, time < 20 ? 60 : -60)
      await page.waitForTimeout(50)
    }
  },
}
