import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { dateExamples } from '@main/data/sequences/dates'
import { describeInChromium } from '../support/chromium'
import { openWorkbench, type Workbench } from './workbench'

/** Pairs of one's own from file to answer: import, train, decode by beam, see where the decoder looked, take that away. */
describeInChromium('pairs in a browser', () => {
  let workbench: Workbench
  let page: Page

  beforeAll(async () => {
    workbench = await openWorkbench({ colorScheme: 'light' })
    page = workbench.page
    const { sources, targets } = dateExamples({ firstYear: 1990, lastYear: 2029, formats: 2 }, 3000, 5)
    await writeFile(join(workbench.app.home, 'dates.tsv'), `source\ttarget\n${sources.map((source, at) => `${source}\t${targets[at]}`).join('\n')}\n`)
  })

  afterAll(() => workbench?.end())

  it('are imported with the roles guessed, and corrected', async () => {
    await workbench.screen('Data')
    await workbench.choose(join(workbench.app.home, 'dates.tsv'), () => page.getByRole('button', { name: 'Choose a file' }).click())
    await page.getByText('3,000 pairs').first().waitFor()
    const role = (name: string) => page.getByRole('radio', { name })
    expect(await role('source is the sequence').isChecked()).toBe(true)
    expect(await role('The sequence becomes target').isChecked()).toBe(true)
    // The other way round, and back: the table follows.
    await role('target is the sequence').click()
    await page.getByText('An encoder reads “target”').waitFor()
    await role('source is the sequence').click()
    await page.getByText('An encoder reads “source”').waitFor()
    await page.getByRole('main').getByRole('button', { name: /^Import Ctrl/ }).click()
    await page.getByText('Copy of the source').first().waitFor()
  })

  it('train an encoder and decoder whose figures stand beside the baselines', { timeout: 180_000 }, async () => {
    await page.getByRole('main').getByText('Set up a model').click()
    await page.getByRole('spinbutton', { name: 'Hidden size' }).fill('32')
    await page.getByText('until the end token').first().waitFor()
    await page.getByRole('radio', { name: 'Steps' }).click()
    await page.getByRole('spinbutton', { name: 'Steps' }).fill('400')
    await page.getByRole('button', { name: /^Train/ }).click()
    await page.getByText('Exact match').first().waitFor({ timeout: 150_000 })
    await page.getByText('Network, test').waitFor()
  })

  it('answer what is typed, with candidates, and show what was attended to', { timeout: 60_000 }, async () => {
    await workbench.screen('Playground')
    await page.getByRole('heading', { name: 'Attention' }).waitFor()
    await page.getByRole('textbox', { name: 'What the encoder reads' }).fill('3 May 1999')
    await page.getByRole('radio', { name: 'Beam' }).click()
    await page.getByRole('button', { name: /^Decode/ }).click()
    await page.getByRole('radio', { name: 'Answer 5' }).waitFor()
    expect(await page.locator('.best').innerText()).toBe('1999-05-03')
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'CSV' }).click()
    const [heads, first, ...others] = (await readFile(await (await download).path(), 'utf8')).trim().split('\n')
    expect(heads).toBe(',3," ",M,a,y," ",1,9,9,9')
    expect(others).toHaveLength(10)
    const shares = first!.split(',').slice(1).map(Number)
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 4)
    // The first digit written is looked for where the year stands.
    expect(shares.indexOf(Math.max(...shares))).toBeGreaterThanOrEqual(6)
  })

  it('never complained to the console', () => {
    expect(workbench.complaints).toEqual([])
  })
})
