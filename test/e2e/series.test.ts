import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeInChromium } from '../support/chromium'
import { openWorkbench, type Workbench } from './workbench'

const pictures = fileURLToPath(new URL('../../test-output/series/', import.meta.url))

/** A year and a half of days with a week in them, and a trend. */
const rows = Array.from({ length: 540 }, (_, day) => {
  const date = new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10)
  return `${date},${(100 + day / 20 + 30 * Math.sin(2 * Math.PI * day / 7)).toFixed(2)}`
})
const good = ['date,visitors', ...rows].join('\n')
const bad = ['date,visitors', ...rows.slice(0, 400), '2025-02-04,many', ...rows.slice(401)].join('\n')

describeInChromium('a series in a browser', () => {
  let workbench: Workbench
  let page: Page
  const screen = (name: string) => workbench.screen(name)

  beforeAll(async () => {
    workbench = await openWorkbench({ viewport: { width: 1100, height: 760 }, colorScheme: 'dark' })
    page = workbench.page
  })

  afterAll(() => workbench?.end())

  async function drop(name: string, text: string): Promise<void> {
    const transfer = await page.evaluateHandle(([fileName, content]) => {
      const data = new DataTransfer()
      data.items.add(new File([content!], fileName!, { type: 'text/csv' }))
      return data
    }, [name, text])
    for (const type of ['dragenter', 'dragover', 'drop']) await page.dispatchEvent('body', type, { dataTransfer: transfer })
  }

  it('a dropped file with a bad cell is answered with its line, and nothing is imported', async () => {
    await drop('bad.csv', bad)
    await page.getByText(/line 402, field 2 of bad\.csv/i).first().waitFor()
    await page.getByText(/many/).first().waitFor()
    await page.getByRole('button', { name: 'Cancel' }).first().click()
    await screen('Start')
    await page.getByText('None yet: what you import is listed here.').waitFor()
  })

  /** Mean absolute errors of the forecast and of the last value going on, after so many steps of training. */
  async function errorsAfter(steps: number): Promise<{ network: number; naive: number }> {
    await page.getByRole('main').getByText('Set up a model').click()
    await page.getByRole('radio', { name: 'Steps' }).click()
    await page.getByRole('spinbutton', { name: 'Steps' }).fill(String(steps))
    await page.keyboard.press('Control+Enter')
    await page.getByText('Done').first().waitFor({ timeout: 90_000 })
    await screen('Playground')
    await page.getByRole('button', { name: /Forecast/ }).click()
    const words = await page.getByText(/^Mean absolute error of the forecast/).innerText()
    const [network, naive] = (words.match(/[\d.]+(?= visitors)/g) ?? []).map(Number)
    return { network: network!, naive: naive! }
  }

  it('a dropped good file trains and is forecast, better than the last value going on', { timeout: 120_000 }, async () => {
    await drop('visitors.csv', good)
    await page.getByRole('main').getByRole('button', { name: /^Import Ctrl/ }).click()
    const { network, naive } = await errorsAfter(400)
    expect(network).toBeLessThan(naive / 2)
    await mkdir(pictures, { recursive: true })
    await page.screenshot({ path: join(pictures, 'forecast.png') })
  })

  it('its network is tried from many places of the test part, beside the baselines', async () => {
    await page.getByRole('spinbutton', { name: 'Places' }).fill('20')
    await page.getByRole('spinbutton', { name: 'Rows ahead' }).fill('7')
    await page.getByRole('button', { name: 'Backtest' }).click()
    await page.getByText(/20 forecasts of 7 rows over the test part/).waitFor()
    const table = page.getByRole('region', { name: 'Backtest figures' })
    for (const name of ['Network', 'Naive', 'Seasonal naive', 'Autoregression']) await table.getByRole('cell', { name, exact: true }).waitFor()
    await table.scrollIntoViewIfNeeded()
    await page.screenshot({ path: join(pictures, 'backtest.png') })
    await page.getByRole('spinbutton', { name: 'Rows ahead' }).fill('400')
    await page.getByRole('button', { name: 'Backtest' }).click()
    await page.getByText(/Forecasts of 400 rows don't fit into the test part, which has 54 rows/).first().waitFor()
  })

  it('logarithm, difference and lags are chosen, seen, and undone in the forecast', { timeout: 120_000 }, async () => {
    await drop('visitors.csv', good)
    const choose = async (label: string, option: RegExp) => {
      await page.getByRole('combobox', { name: new RegExp(label) }).click()
      await page.getByRole('option', { name: option }).click()
    }
    await choose('Logarithm', /^ln x/)
    await choose('Difference', /^Both/)
    await page.getByRole('spinbutton', { name: 'Season' }).fill('7')
    await page.getByRole('textbox', { name: 'Lagged inputs' }).fill('1, 7')
    await page.getByRole('textbox', { name: 'Lagged inputs' }).blur()
    await page.getByText('visitors as the network is asked it').waitFor()
    await page.screenshot({ path: join(pictures, 'transform.png') })
    await page.getByRole('main').getByRole('button', { name: /^Import Ctrl/ }).click()
    await page.getByText(/The first 15 rows are only looked back on/).waitFor()
    const { network, naive } = await errorsAfter(100)
    expect(network).toBeLessThan(naive / 5)
    await page.screenshot({ path: join(pictures, 'transformed-forecast.png'), fullPage: true })
  })

  it('an empty file gets a sentence', async () => {
    await drop('nothing.txt', '')
    await page.getByText(/empty/i).first().waitFor()
  })
})
