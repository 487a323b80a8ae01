import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeInChromium } from '../support/chromium'
import { leaveRun } from './left-run'
import { openWorkbench, type Workbench } from './workbench'

const pictures = fileURLToPath(new URL('../../test-output/mishaps/', import.meta.url))

const warnings = [
  { code: 'device.fell-back', step: 2512, message: 'The GPU failed, and the run continued on the CPU from its newest checkpoint: The training process ended unexpectedly: the driver crashed.', hint: 'The two round a little differently: to repeat this run to the bit, train it anew on one of them.' },
]

/** What went wrong in an earlier session is on the screen, with what can be done about it. */
describeInChromium('what went wrong before', () => {
  let workbench: Workbench
  let page: Page
  let [torn, written] = ['', '']

  beforeAll(async () => {
    workbench = await openWorkbench({ colorScheme: 'light', viewport: { width: 1440, height: 900 } }, async (home) => {
      await leaveRun(home, 'warned-1', 'On the CPU after all', { warnings })
      torn = join((await leaveRun(home, 'torn-1', 'Torn')).path, 'run.json')
      written = await readFile(torn, 'utf8')
      await writeFile(torn, written.slice(0, 300))
      await mkdir(join(home, 'datasets', 'lost-1'), { recursive: true })
      await writeFile(join(home, 'datasets', 'lost-1', 'dataset.json'), '{"name":"Lost notes"}')
    })
    page = workbench.page
    await mkdir(pictures, { recursive: true })
  })

  afterAll(() => workbench?.end())

  async function picture(name: string): Promise<void> {
    for (const [colorScheme, width] of [['light', 1440], ['dark', 1440], ['light', 1000], ['dark', 1000]] as const) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 1300 })
      await page.waitForTimeout(250)
      await page.screenshot({ path: join(pictures, `${name}-${width}-${colorScheme}.png`) })
    }
    await page.setViewportSize({ width: 1440, height: 900 })
  }

  it('a damaged run is listed, removed, brought back, and read again once it is mended', async () => {
    const damage = page.getByRole('alert').filter({ hasText: 'The run “Torn” is damaged.' })
    await damage.waitFor()
    await damage.getByText(/run\.json can't be read: it isn't whole/).waitFor()
    await damage.scrollIntoViewIfNeeded()
    await picture('damaged')
    await page.goto(`${page.url().split('#')[0]}#/dashboard/torn-1`)
    await page.getByRole('main').getByText('The run “Torn” is damaged.').waitFor()
    await picture('damaged-dashboard')
    await workbench.screen('Start')
    await damage.getByRole('button', { name: 'Remove the run' }).click()
    await expect.poll(() => damage.count()).toBe(0)
    await page.getByRole('button', { name: 'Undo' }).click()
    await damage.waitFor()
    await writeFile(torn, written)
    await damage.getByRole('button', { name: 'Read it again' }).click()
    await page.getByRole('link', { name: 'Torn' }).waitFor()
    expect(await damage.count()).toBe(0)
  })

  it('a damaged dataset is listed too, on both screens', async () => {
    const damage = page.getByRole('alert').filter({ hasText: 'The dataset “Lost notes” is damaged.' })
    await damage.getByText(/dataset\.json can't be read: "id" isn't what Unroll writes/).waitFor()
    await workbench.screen('Data')
    await damage.waitFor()
    await picture('damaged-dataset')
    await damage.getByRole('button', { name: 'Remove the dataset' }).click()
    await expect.poll(() => damage.count()).toBe(0)
    await page.getByRole('button', { name: 'Undo' }).last().click()
    await damage.waitFor()
    await damage.getByRole('button', { name: 'Read it again' }).click()
    await page.getByText(/can't be read/).nth(1).waitFor()
    expect(await damage.count()).toBe(1)
    await workbench.screen('Start')
  })

  it('a run that continued on the CPU says so in the list and on its dashboard', async () => {
    await page.getByRole('row').filter({ hasText: 'On the CPU after all' }).getByRole('img', { name: /At step 2,512: The GPU failed/ }).waitFor()
    await picture('warned-list')
    await page.getByRole('link', { name: 'On the CPU after all' }).click()
    await page.getByText('At step 2,512 something went wrong that didn\'t end the run').waitFor()
    await page.getByText(/the driver crashed/).waitFor()
    await picture('warned')
    // Names of earlier looks are as faint as their curves.
    const flow = page.getByRole('region', { name: 'Gradient through time' })
    await flow.scrollIntoViewIfNeeded()
    const swatches = await flow.locator('.legend .swatch').evaluateAll((found) => found.map((swatch) => Number(getComputedStyle(swatch).opacity)))
    expect(swatches.slice(0, 4)).toEqual([0.3, 0.4, 0.5, 0.6])
    expect(swatches.at(-1)).toBe(1)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.waitForTimeout(250)
      await flow.screenshot({ path: join(pictures, `flow-${colorScheme}.png`) })
    }
  })

  it('removed weights are told from weights that never were', async () => {
    await workbench.screen('Hidden states')
    await page.getByRole('radio', { name: 'A text of mine' }).click()
    await page.getByRole('textbox').first().fill('the whale')
    await page.getByRole('button', { name: 'Compute' }).click()
    await page.getByText(/weights were removed: neither best\.safetensors nor weights\.safetensors/).first().waitFor()
    await picture('weights-gone')
  })
})
