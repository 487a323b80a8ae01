import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { modelSchema } from '@shared/experiment/model-schema'
import { elements, weightSpecs } from '@shared/model/weights'
import { Random } from '@main/engine/random'
import { describeInChromium } from '../support/chromium'
import { leaveRun, leftSymbols } from './left-run'
import { openWorkbench, type Workbench } from './workbench'

const pictures = fileURLToPath(new URL('../../test-output/long-work/', import.meta.url))
const [units, steps] = [512, 12_000]

function network(seed: number) {
  const random = new Random(seed)
  const model = modelSchema.parse({ cell: 'rnn', hiddenSize: units })
  return Object.fromEntries(weightSpecs(model, leftSymbols.length, leftSymbols.length).map(({ name, shape }) => [name, { shape, data: Float32Array.from({ length: elements(shape) }, () => random.normal() / Math.sqrt(units)) }]))
}

/** What takes seconds says how far it is and can be given up. */
describeInChromium('long work', () => {
  let workbench: Workbench
  let page: Page

  beforeAll(async () => {
    workbench = await openWorkbench({ colorScheme: 'light', viewport: { width: 1440, height: 900 } }, async (home) => {
      const folder = await leaveRun(home, 'wide-1', 'Wide', {}, units)
      await folder.saveWeights('best', network(1), { step: '400' })
      await folder.saveWeights('last', network(2), { step: '600' })
    })
    page = workbench.page
    await mkdir(pictures, { recursive: true })
  })

  afterAll(() => workbench?.end())

  it('matching 512 units with 512 tells how far it is and how long it takes, is given up, and done when asked again', { timeout: 120_000 }, async () => {
    const random = new Random(3)
    await workbench.screen('Hidden states')
    await page.getByRole('radio', { name: 'A text of mine' }).click()
    await page.getByRole('textbox').first().fill(Array.from({ length: steps }, () => leftSymbols[random.below(leftSymbols.length)]).join(''))
    await page.getByRole('button', { name: 'Compute' }).click()
    await page.getByText(`h at ${steps.toLocaleString('en')} steps, 512 units`).waitFor({ timeout: 60_000 })
    await page.getByRole('radiogroup', { name: 'View' }).getByRole('radio', { name: 'Compare' }).click()
    await page.getByRole('combobox', { name: /^Weights/ }).click()
    await page.getByRole('option', { name: /last/ }).click()
    const bar = page.getByRole('progressbar', { name: 'Matching 512 × 512 units' })
    await bar.waitFor({ timeout: 60_000 })
    await page.getByText(/Matching 512 × 512 units: \d+ %/).waitFor()
    for (const [colorScheme, width] of [['light', 1440], ['dark', 1440], ['light', 1000]] as const) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 900 })
      await page.screenshot({ path: join(pictures, `matching-${width}-${colorScheme}.png`) })
    }
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByText('The units weren’t matched: it was given up.').waitFor({ timeout: 2000 })
    expect(await bar.count()).toBe(0)
    await page.screenshot({ path: join(pictures, 'given-up.png') })
    await page.getByRole('button', { name: 'Match them' }).click()
    await bar.waitFor()
    await page.getByText(/, \d+ s left/).waitFor()
    await page.getByRole('heading', { name: 'Side by side' }).waitFor({ timeout: 60_000 })
    expect(await bar.count()).toBe(0)
  })

  it('never complained to the console', () => {
    expect(workbench.complaints).toEqual([])
  })
})
