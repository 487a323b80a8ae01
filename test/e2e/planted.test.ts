import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readSafetensors } from '@main/formats/safetensors'
import { planted } from '../engine/inspect/planted'
import { describeInChromium } from '../support/chromium'
import { openPlantedRun } from './planted-run'
import { openWorkbench, type Workbench } from './workbench'

const pictures = fileURLToPath(new URL('../../test-output/planted/', import.meta.url))

/** A network made by hand, whose unit 3 counts brackets, unit 7 counts steps since a line break and unit 11 remembers < and >: the screens point to exactly these. */
describeInChromium('planted truth on the screen', () => {
  let workbench: Workbench
  let page: Page

  beforeAll(async () => {
    workbench = await openWorkbench({ colorScheme: 'light', viewport: { width: 1440, height: 900 } })
    page = workbench.page
    await mkdir(pictures, { recursive: true })
    await openPlantedRun(workbench)
    await workbench.screen('Hidden states')
    await page.getByText('h at 400 steps, 16 units').waitFor()
  }, 180_000)

  afterAll(() => workbench?.end())

  const view = (name: string) => page.getByRole('radiogroup', { name: 'View' }).getByRole('radio', { name }).click()

  /** The whole page of a view, in both themes and narrow. */
  async function picture(name: string): Promise<void> {
    for (const [colorScheme, width] of [['light', 1440], ['dark', 1440], ['light', 1000]] as const) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 1500 })
      await page.waitForTimeout(250)
      await page.screenshot({ path: join(pictures, `${name}-${width === 1440 ? colorScheme : 'narrow'}.png`) })
    }
    await page.setViewportSize({ width: 1440, height: 900 })
  }

  async function save(panel: string, item: string): Promise<Buffer> {
    await page.getByRole('region', { name: panel }).getByRole('button', { name: 'Save picture or numbers' }).last().click()
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: item }).click()])
    return readFile(await download.path())
  }

  async function add(kind: string, first: string, second?: string): Promise<void> {
    await page.getByRole('combobox', { name: /^Property of symbols/ }).click()
    await page.getByRole('option', { name: kind }).click()
    await page.getByRole('textbox', { name: second === undefined ? 'Symbol' : 'Opens with' }).fill(first)
    if (second !== undefined) await page.getByRole('textbox', { name: 'Closes with' }).fill(second)
    await page.getByRole('button', { name: 'Add', exact: true }).click()
  }

  const properties = () => page.getByRole('region', { name: 'Properties and the units that go with them' })
  const row = (name: string) => properties().getByRole('row').filter({ has: page.getByRole('button', { name, exact: true }) })
  const truths = [['depth of ()', planted.counter], ['steps since newline', planted.clock], ['between < and >', planted.latch]] as const

  it('correlation points to the counter, the clock and the latch, and to nothing by chance', async () => {
    await view('Meaning')
    await page.getByRole('combobox', { name: /^Numbers/ }).click()
    await page.getByRole('option', { name: /cell state/ }).click()
    await add('depth of', '(', ')')
    await add('between', '<', '>')
    for (const [name, unit] of truths) {
      const cells = row(name).getByRole('cell')
      await expect.poll(() => cells.nth(1).textContent()).toContain(String(unit))
      expect(Number((await cells.nth(2).textContent())!.replace('−', '-'))).toBeGreaterThan(0.9)
      await row(name).getByRole('button', { name, exact: true }).click()
      const first = page.getByRole('list', { name: `Units by their correlation with ${name}` }).getByRole('button').first()
      await expect.poll(() => first.textContent()).toContain(`unit ${unit}`)
      await page.getByRole('slider', { name: `Unit ${unit} and ${name} along the sequence` }).waitFor()
    }
    await page.getByText(/Clearest: unit \d+ goes with/).waitFor()
    await picture('meaning')
  })

  it('the probe reads each from its unit, far better than guessing, over the whole dataset', { timeout: 60_000 }, async () => {
    await page.getByRole('radio', { name: 'The dataset', exact: true }).click()
    await page.getByRole('button', { name: 'Correlate' }).click()
    for (const [name, unit] of truths) {
      await row(name).getByRole('button', { name, exact: true }).click()
      await page.getByRole('button', { name: /^Fit/ }).click()
      await page.getByText('The units tell more than guessing does.').waitFor({ timeout: 30_000 })
      const first = page.getByRole('list', { name: 'Units by their weight in the read-out' }).getByRole('button').first()
      expect(await first.textContent()).toContain(`unit ${unit}`)
      if (name === 'between < and >') {
        await page.getByRole('region', { name: 'Classes by answers on the steps held out' }).waitFor()
        const { tensors } = readSafetensors(new Uint8Array(await save('Read-out', 'Numbers, safetensors')))
        expect(tensors['confusion']!.shape).toEqual([2, 2])
      } else await page.getByRole('img', { name: `What the read-out says against ${name}` }).waitFor()
    }
    await picture('probe')
    expect((await save(`Units that go with “${truths[2][0]}”`, 'Picture, SVG')).toString('utf8')).toMatch(/^<svg [^]*unit 11[^]*<\/svg>$/)
  })

  it('takes a column of the user’s, says how it fits, and leads to the unit in the heatmap', async () => {
    await page.getByRole('radio', { name: 'This sequence' }).click()
    await page.getByRole('button', { name: 'A column of mine…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Values' }).fill('a;b\n1;x\n2')
    await dialog.getByText('Line 3 has 1 fields, the first has 2.').waitFor()
    await dialog.locator('input[type=file]').setInputFiles({ name: 'tags.csv', mimeType: 'text/csv', buffer: Buffer.from(`step,wave\n${Array.from({ length: 400 }, (_, step) => `${step},${Math.sin(step / 9).toFixed(3)}`).join('\n')}\n`) })
    await dialog.getByRole('combobox', { name: /^Column/ }).click()
    await page.getByRole('option', { name: 'wave' }).click()
    await dialog.getByText('400 values (numbers) for this sequence: one for each step.').waitFor()
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    await row('wave').waitFor()
    await row('wave').getByRole('button', { name: 'wave', exact: true }).click()
    await page.getByRole('radio', { name: 'Against each other' }).click()
    await page.getByRole('img', { name: /^Unit \d+ against wave/ }).waitFor()
    await row('wave').getByRole('button', { name: 'Remove “wave”' }).click()
    await expect.poll(() => row('wave').count()).toBe(0)
    await row('depth of ()').getByRole('button', { name: 'depth of ()', exact: true }).click()
    await page.getByRole('heading', { name: 'Unit 3 and “depth of ()”' }).waitFor()
    await page.getByRole('button', { name: 'In the heatmap' }).click()
    await page.getByRole('heading', { name: 'Unit 3', exact: true }).waitFor()
  })

  it('never complained to the console', () => {
    expect(workbench.complaints).toEqual([])
  })
})
