import type { Rasteriser } from './browser'
import { emptyFrames, framesDuring, round } from './frames'
import { perSecond } from './metric-stream'
import { goTo, openStart, serveLongRun } from './served'

/**
 * The served dashboard of a run of `points` measurements, read from its folder, and 200 more a second after that in
 * twenty batches, as a running training sends them.
 */
export default async function* measure(rasteriser: Rasteriser = 'software', points = '1000000', seconds = '20') {
  const count = Number(points)
  const served = await serveLongRun(rasteriser, count)
  const { run, stream } = served
  try {
    const page = await openStart(served, { width: 1280, height: 800 })
    yield { what: 'start screen, idle', ...await emptyFrames(page) }

    const asked = performance.now()
    const loading = await framesDuring(page, async () => {
      await goTo(page, `#/dashboard/${run.id}`)
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
    await served.end()
  }
}
