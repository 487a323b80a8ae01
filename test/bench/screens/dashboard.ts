import { serve } from '@main/hosts/serve/serve'
import { openBrowser, type Rasteriser } from './browser'
import { emptyFrames, framesDuring, round } from './frames'
import { perSecond, Stream } from './metric-stream'
import { lengthen, openHome, trainShortly } from './served-runs'

/**
 * The served dashboard of a run of `points` measurements, read from its folder, and 200 more a second after that in
 * twenty batches, as a running training sends them.
 */
export default async function* measure(rasteriser: Rasteriser = 'software', points = '1000000', seconds = '20') {
  const count = Number(points)
  const first = await openHome()
  const run = await trainShortly(first.services, 'us-births', (defaults) => ({ ...defaults, training: { ...defaults.training, maxSteps: 20 } }))
  await first.services.close()
  await lengthen(first.home, run, count)

  const { services, remove } = await openHome(first.home)
  const stream = new Stream(services)
  const served = await serve({ port: 0, home: first.home, services: stream.services })
  const browser = await openBrowser(rasteriser)
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    await page.goto(served.address)
    await page.getByRole('heading', { name: 'Start with a sample' }).waitFor()
    yield { what: 'start screen, idle', ...await emptyFrames(page) }

    const asked = performance.now()
    const loading = await framesDuring(page, async () => {
      await page.evaluate((hash) => { location.hash = hash }, `#/dashboard/${run.id}`)
      await page.getByRole('slider', { name: 'Loss', exact: true }).waitFor()
      await page.getByText(/measurements read/).waitFor()
      await page.getByText(/measurements read/).waitFor({ state: 'detached', timeout: 120_000 })
    })
    yield { what: `dashboard, ${count} points coming in from the run folder`, seconds: round((performance.now() - asked) / 1000 - 1, 2), ...loading }

    stream.start(run.id, count)
    for (const width of [1280, 1920]) {
      await page.setViewportSize({ width, height: width === 1280 ? 800 : 1080 })
      yield { what: `dashboard, ${count} points and ${perSecond} a second, ${width} wide`, ...await framesDuring(page, () => page.waitForTimeout(Number(seconds) * 1000)) }
    }
    const chart = page.getByRole('slider', { name: 'Loss', exact: true })
    const box = (await chart.boundingBox())!
    yield {
      what: 'the same, the pointer moving over the loss', ...await framesDuring(page, async () => {
        for (let step = 0; step < 200; step++) {
          await page.mouse.move(box.x + 80 + (step * 7) % (box.width - 100), box.y + 60)
          await page.waitForTimeout(16)
        }
      }),
    }
    await chart.focus()
    yield {
      what: 'the same, zooming in and out', ...await framesDuring(page, async () => {
        for (let step = 0; step < 40; step++) {
          await page.keyboard.press(step % 20 < 10 ? '+' : '-')
          await page.waitForTimeout(60)
        }
      }),
    }
    yield { what: 'streamed', perSecond: stream.rate() }
  } finally {
    stream.stop()
    await browser.close()
    await served.close()
    await remove()
  }
}
