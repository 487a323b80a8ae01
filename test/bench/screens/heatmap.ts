import type { Rasteriser } from './browser'
import { emptyFrames, framesDuring } from './frames'
import { goTo, openStart, serveWideGru } from './served'

/** The served heatmap of 10,000 steps × 512 units of a real GRU, scrolled from end to end by the wheel's means. */
export default async function* measure(rasteriser: Rasteriser = 'software') {
  const served = await serveWideGru(rasteriser)
  try {
    const page = await openStart(served, { width: 1280, height: 800 })
    yield { what: 'start screen, idle', ...await emptyFrames(page) }
    await goTo(page, `#/states/${served.run.id}`)
    await page.getByText('h at 400 steps, 512 units').waitFor()
    await page.getByRole('spinbutton', { name: 'Characters' }).fill('10000')
    await page.getByRole('button', { name: /^Compute/ }).click()
    await page.getByText('h at 10,000 steps, 512 units').waitFor({ timeout: 60_000 })
    for (const [width, height] of [[1280, 800], [1920, 1080]] as const) {
      await page.setViewportSize({ width, height })
      for (const [what, from, to] of [['from end to end, for the first time', 0, 1], ['back', 1, 0]] as const) {
        yield { what: `heatmap 10,000 × 512, ${width} wide, scrolled ${what}`, ...await framesDuring(page, () => scroll(from, to)) }
      }
    }
    const map = page.getByRole('application').first()
    const box = (await map.boundingBox())!
    yield {
      what: 'heatmap, the pointer moving over it', ...await framesDuring(page, async () => {
        for (let step = 0; step < 200; step++) {
          await page.mouse.move(box.x + 60 + (step * 7) % (box.width - 100), box.y + 80 + (step * 3) % 200)
          await page.waitForTimeout(16)
        }
      }),
    }
    const slider = page.getByRole('slider', { name: 'Cell width' })
    await slider.focus()
    yield {
      what: 'heatmap, zooming from 11 to 1 to 24 pixels a cell', ...await framesDuring(page, async () => {
        for (const [key, count] of [['ArrowLeft', 12], ['ArrowRight', 25]] as const) {
          for (let step = 0; step < count; step++) {
            await page.keyboard.press(key)
            await page.waitForTimeout(50)
          }
        }
      }),
    }

    function scroll(from: number, to: number): Promise<void> {
      return page.evaluate(([from, to]) => new Promise<void>((resolve) => {
        const element = document.querySelector('[aria-roledescription="heatmap"]')!
        const whole = element.scrollWidth - element.clientWidth
        const began = performance.now()
        const step = (now: number) => {
          const share = Math.min(1, (now - began) / 10_000)
          element.scrollLeft = whole * (from + (to - from) * share)
          if (share < 1) requestAnimationFrame(step)
          else resolve()
        }
        requestAnimationFrame(step)
      }), [from, to] as const)
    }
  } finally {
    await served.end()
  }
}
