import type { Page } from 'playwright-core'
import type { Rasteriser } from './browser'
import { round } from './frames'
import { goTo, openStart, serveWideGru } from './served'

/**
 * How long a user waits after each interaction with the inside of a real GRU of 512 units over 10,000 steps: from the input
 * event until the frame after the one in which its result is there has begun, so that the result has been painted.
 */
export default async function* measure(rasteriser: Rasteriser = 'software') {
  const served = await serveWideGru(rasteriser)
  try {
    const page = await openStart(served, { width: 1440, height: 900 })
    await goTo(page, `#/states/${served.run.id}`)
    await page.getByText('h at 400 steps, 512 units').waitFor()
    await page.getByRole('spinbutton', { name: 'Characters' }).fill('10000')
    await page.getByRole('button', { name: /^Compute/ }).click()
    await page.getByText('h at 10,000 steps, 512 units').waitFor({ timeout: 60_000 })
    const clock = await inputClock(page)
    const radio = (name: string) => page.getByRole('radio', { name, exact: true }).click()
    const map = page.getByRole('application').first()
    const box = (await map.boundingBox())!

    // At once after the numbers came: nothing has been worked ahead for long.
    yield await clock('order of units by likeness, the first time', 1, () => radio('By likeness'))
    yield await clock('order by index, activity and likeness in turns', 15, (time) => radio(['By index', 'By activity', 'By likeness'][time % 3]!))
    yield await clock('choosing a unit: its curve and its text', 20, (time) => page.mouse.click(box.x + 200 + 13 * time, box.y + 70 + 11 * time))
    yield await clock('the pointer moving over the heatmap', 40, (time) => page.mouse.move(box.x + 60 + (time * 37) % (box.width - 100), box.y + 70 + (time * 13) % 300))
    await map.focus()
    yield await clock('zooming by a key', 24, (time) => page.keyboard.press(time < 10 ? '-' : '+'))
    yield await clock('going by ten steps', 20, () => page.keyboard.press('Shift+ArrowRight'))
    yield await clock('scrolling by a wheel’s notch', 20, async () => { await page.mouse.move(box.x + 300, box.y + 150); await page.mouse.wheel(400, 0) })
    yield await clock('turning a page of the coloured text', 7, () => page.getByRole('button', { name: 'Later' }).click())
    yield await clock('pointing at the coloured text', 20, (time) => page.locator('p.text span').nth(30 + 7 * time).hover())

    await radio('Step by step')
    const steps = page.getByRole('group', { name: /^Steps: / })
    await steps.waitFor()
    await page.waitForTimeout(1000)
    await steps.focus()
    yield await clock('a step on: all numbers of the cell', 25, () => page.keyboard.press('ArrowRight'), () => stepShown(page))

    await radio('Select and match')
    const brush = page.getByRole('application').first()
    await brush.waitFor()
    const room = (await brush.boundingBox())!
    await drag(page, room, 10)
    await page.locator('.chosen').waitFor()
    yield await clock('a stretch selected: the units on throughout it', 15, (time) => drag(page, room, 20 + 3 * time), () => page.evaluate(() => document.querySelector('.chosen')?.textContent ?? ''), true)
    const threshold = page.getByRole('slider', { name: 'On from' })
    for (let time = 0; time < 20 && await page.getByText('No unit is on').count() > 0; time++) {
      await threshold.press('ArrowLeft')
      await page.waitForTimeout(100)
    }
    yield await clock('the threshold moved', 6, (time) => threshold.press(time % 2 ? 'ArrowRight' : 'ArrowLeft'))
    await page.getByRole('button', { name: 'Find in the whole dataset' }).click()
    await page.getByRole('heading', { name: 'Places like it' }).waitFor({ timeout: 300_000 })
    yield await clock('the places ranked another way, of all 1,215,000 steps of the book', 9, (time) => radio(['Fewest others', 'Longest', 'Most shared'][time % 3]!), () => page.evaluate(() => document.querySelector('table tbody')?.textContent ?? ''), true)

    await radio('Memory')
    await page.getByRole('slider', { name: 'Memory by lag' }).waitFor({ timeout: 60_000 })
    const inputs = page.getByRole('group', { name: 'Inputs by what the output hangs on' })
    yield await clock('pointing at an output: what it hangs on', 20, (time) => inputs.locator('span').nth(140 - 6 * time).hover())
    await radio('State space')
    const scatter = page.getByRole('application', { name: /^State space/ })
    await scatter.waitFor({ timeout: 120_000 })
    await scatter.focus()
    yield await clock('following the sequence through state space', 20, () => page.keyboard.press('ArrowRight'))
    yield await clock('state space zoomed', 10, () => page.keyboard.press('+'))
  } finally {
    await served.end()
  }
}

async function drag(page: Page, box: { x: number; y: number }, step: number): Promise<void> {
  await page.mouse.move(box.x + 40 + 11 * step + 5, box.y + 100)
  await page.mouse.down()
  await page.mouse.move(box.x + 40 + 11 * (step + 3) + 5, box.y + 104, { steps: 2 })
  await page.mouse.up()
}

const stepShown = (page: Page) => page.evaluate(() => document.querySelector('table.gates')?.textContent ?? '')

/**
 * @returns what runs an interaction so many times. With `shown` the result is there when what it answers differs from before;
 *          with `mayStay` it may also be the same, and half a second without a change ends the wait uncounted.
 */
async function inputClock(page: Page) {
  await page.evaluate(() => {
    const state = { at: 0 }
    for (const type of ['pointermove', 'pointerdown', 'pointerup', 'click', 'keydown', 'wheel']) addEventListener(type, (event) => { state.at = event.timeStamp }, { capture: true, passive: true })
    Object.assign(window, { benchInput: state })
  })
  return async (what: string, times: number, act: (time: number) => Promise<void>, shown?: () => Promise<string>, mayStay = false) => {
    const all: number[] = []
    await page.waitForTimeout(600)
    for (let time = 0; time < times; time++) {
      const before = shown ? await shown() : ''
      // Waits in the page itself: a round trip of the driver must not count.
      const source = shown ? String(before) : null
      await page.evaluate(([text, selector]) => {
        const record = window as unknown as { benchDone: Promise<number>; benchInput: { at: number } }
        record.benchInput.at = 0
        record.benchDone = new Promise((resolve) => {
          const began = performance.now()
          const look = () => {
            const there = record.benchInput.at > 0 && (text === null || (document.querySelector(selector)?.textContent ?? '') !== text)
            if (there) return requestAnimationFrame(() => { const port = new MessageChannel(); port.port1.onmessage = () => resolve(performance.now() - record.benchInput.at); port.port2.postMessage(null) })
            if (performance.now() - began > 5000) return resolve(NaN)
            return requestAnimationFrame(look)
          }
          requestAnimationFrame(look)
        })
      }, [source, selectorOf(what)] as const)
      await act(time)
      const ms = await page.evaluate(() => (window as unknown as { benchDone: Promise<number> }).benchDone)
      if (!Number.isNaN(ms)) all.push(ms)
      else if (!mayStay) throw new Error(`Nothing came of "${what}".`)
      await page.waitForTimeout(120)
    }
    all.sort((a, b) => a - b)
    return { what, times: all.length, medianMs: round(all[all.length >> 1] ?? NaN, 1), worstMs: round(all.at(-1) ?? NaN, 1) }
  }
}

const selectorOf = (what: string): string => (what.startsWith('a step') ? 'table.gates' : what.startsWith('a stretch') ? '.chosen' : 'table tbody')
