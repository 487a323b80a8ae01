import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readSafetensors } from '@main/formats/safetensors'
import { planted } from '../engine/inspect/planted'
import { describeInChromium } from '../support/chromium'
import { openPlantedRun, openShuffledRun, trainOnText } from './planted-run'
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

  async function save(panel: string, item: string, menu = 'Save picture or numbers'): Promise<Buffer> {
    await page.getByRole('region', { name: panel }).getByRole('button', { name: menu }).last().click()
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: item }).click()])
    return readFile(await download.path())
  }

  /** A picture in all four forms: the SVG and the PNG whole, rows and tensors to be looked at. */
  async function saved(panel: string, menu: string) {
    const svg = (await save(panel, 'Picture, SVG', menu)).toString('utf8')
    expect(await page.evaluate((text) => new DOMParser().parseFromString(text, 'image/svg+xml').querySelector('parsererror')?.textContent ?? '', svg)).toBe('')
    const png = await save(panel, 'Picture, PNG', menu)
    await writeFile(join(pictures, `${menu.toLowerCase().replaceAll(' ', '-')}.png`), png)
    expect([...png.subarray(1, 4)]).toEqual([...Buffer.from('PNG')])
    const rows = (await save(panel, 'Numbers, CSV', menu)).toString('utf8').trimEnd().split('\r\n').map((line) => line.split(','))
    return { svg, rows, tensors: readSafetensors(new Uint8Array(await save(panel, 'Numbers, safetensors', menu))).tensors }
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
        const table = await saved('Read-out', 'Save the table')
        expect(table.rows.slice(1).flatMap((row) => row.slice(1).map(Number))).toEqual([...tensors['confusion']!.data])
        expect(table.tensors['confusion']!.data).toEqual(tensors['confusion']!.data)
        for (const [, ...said] of table.rows.slice(1)) for (const count of said) expect(table.svg).toContain(`>${Number(count).toLocaleString('en')}</text>`)
      } else {
        await page.getByRole('img', { name: `What the read-out says against ${name}` }).waitFor()
        const { rows, svg, tensors } = await saved('Read-out', 'Save the points')
        expect(rows[0]).toEqual([name, 'read-out'])
        expect(rows.slice(1).map(([truth]) => Math.fround(Number(truth)))).toEqual([...tensors['truth']!.data])
        // Unit and property go together: what is said is near what is.
        const far = rows.slice(1).map(([truth, said]) => Math.abs(Number(truth) - Number(said)))
        expect(far.reduce((sum, each) => sum + each, 0) / far.length).toBeLessThan(2)
        expect(svg).toContain('<circle')
      }
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

  const figure = async (name: string) => Number((await page.locator('.figures div').filter({ has: page.locator('dt', { hasText: name }) }).locator('dd').textContent())!.replace('−', '-'))

  it('ablates: loss and outputs before and after at once, undone and done again', { timeout: 60_000 }, async () => {
    await view('Ablate')
    await page.getByText('Nothing is changed yet.').waitFor()
    await page.getByRole('spinbutton', { name: 'Unit' }).fill('11')
    await page.getByRole('button', { name: 'Silence', exact: true }).click()
    const edits = page.getByRole('list', { name: 'Edits made' })
    await edits.getByText('unit 11 silenced').waitFor()
    await page.getByText(/with 1 edit, .* answered in \d+ ms/).waitFor()
    const silenced = await figure('Loss, after')
    expect(silenced).not.toBe(await figure('Loss, before'))
    // A gate held open beside it, taken back by the keyboard, done again.
    await page.getByRole('combobox', { name: /^What is held/ }).click()
    await page.getByRole('option', { name: /forget gate/ }).click()
    await page.getByRole('button', { name: 'Hold open' }).click()
    await edits.getByText('gate f of unit 11 held at 1').waitFor()
    await page.getByText(/with 2 edits/).waitFor()
    await page.keyboard.press('Control+z')
    await page.getByText(/with 1 edit,/).waitFor()
    expect(await figure('Loss, after')).toBe(silenced)
    await page.keyboard.press('Control+y')
    await page.getByText(/with 2 edits/).waitFor()
    await page.keyboard.press('Control+z')

    // Another symbol at a step: nothing changes before it.
    await page.getByRole('radio', { name: 'Input', exact: true }).click()
    await page.getByRole('button', { name: 'Reset' }).click()
    await page.getByRole('spinbutton', { name: 'Step' }).fill('200')
    await page.getByRole('textbox', { name: 'Reads instead' }).fill('x')
    await page.getByText('The network knows no “x”.').waitFor()
    await page.getByRole('textbox', { name: 'Reads instead' }).fill('<')
    await page.getByRole('button', { name: 'Change', exact: true }).click()
    await edits.getByText('step 200 reads “<”').waitFor()
    await page.getByText(/with 1 edit,/).waitFor()
    const { tensors } = readSafetensors(new Uint8Array(await save('Before and after', 'Numbers, safetensors')))
    const changes = Array.from(tensors['changes']!.data as Float32Array)
    expect(changes.slice(0, 200).every((change) => Math.abs(change) < 1e-9)).toBe(true)
    expect(Math.max(...changes.slice(200))).toBeGreaterThan(1e-4)

    // A weight by the keyboard: the counter's own for "(".
    await page.getByRole('radio', { name: 'Weights' }).click()
    await page.getByRole('combobox', { name: /^Weight/ }).click()
    await page.getByRole('option', { name: /^W/ }).first().click()
    const grid = page.getByRole('application', { name: /weight_ih_l0/ })
    await grid.focus()
    for (let press = 0; press < 3; press++) await page.keyboard.press('Shift+ArrowDown')
    for (let press = 0; press < 5; press++) await page.keyboard.press('ArrowDown')
    const place = () => page.locator('span.place').textContent()
    await expect.poll(place).toMatch(/^g 3 ← /)
    for (let now = await place(); !now!.endsWith('← ('); now = await place()) {
      await page.keyboard.press('ArrowRight')
      await expect.poll(place).not.toBe(now)
    }
    expect(await place()).toBe('g 3 ← (')
    const value = page.getByRole('spinbutton', { name: 'Value' })
    expect(Number(await value.inputValue())).toBeCloseTo(Math.atanh(0.3), 4)
    await page.keyboard.press('Enter')
    await page.keyboard.type('0')
    await edits.getByText('W [g 3, (] = 0').waitFor()
    await page.getByText(/with 2 edits/).waitFor()
    await picture('ablate')
    await page.getByRole('button', { name: 'Reset' }).click()
    await page.getByText('Nothing is changed yet.').waitFor()
    await page.keyboard.press('Control+z')
    await page.getByText(/with 2 edits/).waitFor()
    await page.getByRole('button', { name: 'Reset' }).click()
  })

  it('silences each unit in turn, and says the same as silencing one by hand', { timeout: 60_000 }, async () => {
    await page.getByRole('button', { name: 'Silence each in turn' }).click()
    const first = page.getByRole('list', { name: 'Units by what silencing them does' }).getByRole('button').first()
    await first.click()
    const told = Number(/([−\d.e+]+)$/.exec((await first.locator('.value').textContent())!.trim())![1]!.replace('−', '-'))
    await page.getByRole('button', { name: /^Silence unit \d+ above/ }).click()
    await page.getByText(/with 1 edit,/).waitFor()
    expect(await figure('Difference')).toBeCloseTo(told, 2)
    await picture('sweep')
    await page.getByRole('button', { name: 'Reset' }).click()
  })

  it('compares with a run whose units are the same in another order, and finds every one of them', { timeout: 120_000 }, async () => {
    const places = Array.from({ length: 16 }, (_, unit) => (5 * unit + 3) % 16)
    await openShuffledRun(workbench, places)
    await workbench.screen('Hidden states')
    await view('Compare')
    await page.getByRole('combobox', { name: /^With/ }).click()
    // This run is the newest; the other one is the first that was trained.
    await page.getByRole('option').filter({ hasNotText: 'this run' }).first().click()
    await page.getByText(/and in brackets at step/).waitFor()
    const pairs = page.getByRole('list', { name: 'Units and those that go with them' }).getByRole('button')
    await expect.poll(async () => (await pairs.locator('.value').allTextContents()).filter((text) => text.trim() === '1.00').length).toBe(16)
    const column = async (name: string) => (await pairs.locator(name).allTextContents()).map((text) => text.trim())
    const [units, others] = [await column('.name'), await column('.note')]
    units.forEach((unit, at) => { expect(`unit ${places[Number(others[at]!.replace('with unit ', ''))]}`).toBe(unit) })
    // The same network says the same.
    expect(Math.abs(await figure('Difference'))).toBeLessThan(1e-4)
    expect(await figure('Mean change of output')).toBeLessThan(1e-6)
    await page.getByRole('application', { name: /^Units by steps/ }).first().focus()
    await page.keyboard.press('ArrowRight')
    // The pair looked at, its units the same but for where they stand.
    const together = await saved(String(await page.getByRole('heading', { name: /^Unit \d+ and unit \d+$/ }).textContent()), 'Save both curves')
    expect(together.rows).toHaveLength(401)
    expect(together.tensors['first']!.shape).toEqual([400])
    together.tensors['first']!.data.forEach((value, at) => { expect(together.tensors['second']!.data[at]!).toBeCloseTo(Number(value), 5) })
    expect(together.svg).toMatch(/unit \d+, this run[^]*unit \d+, brackets/)
    await picture('compare-runs')
  })

  it('compares with a checkpoint of the same run', { timeout: 60_000 }, async () => {
    await page.getByRole('combobox', { name: /^With/ }).click()
    await page.getByRole('option', { name: 'this run' }).click()
    await page.getByRole('combobox', { name: /^Weights/ }).click()
    await page.getByRole('option', { name: /checkpoint/ }).last().click()
    await page.getByText(/in the same run at step/).waitFor()
    await expect.poll(() => figure('Mean change of output')).toBeGreaterThan(1e-3)
    await picture('compare-checkpoints')
    expect((await save('Pairs', 'Numbers, CSV')).toString('utf8').split('\r\n')[0]).toBe('unit,unit of the other,r')
  })

  it('compares with a run on another text where both can read it, and says why where they can’t', { timeout: 120_000 }, async () => {
    await trainOnText(workbench, 'letters', 'abba caab ebbe\n'.repeat(1500))
    await workbench.screen('Hidden states')
    await view('Compare')
    const choose = async (run: RegExp) => {
      await page.getByRole('combobox', { name: /^With/ }).click()
      await page.getByRole('option', { name: run }).first().click()
    }
    await choose(/^brackets/)
    await page.getByText('Their vocabularies differ (6 and 12 symbols); outputs differ').waitFor()
    await page.getByText('both read the sequence as a text of its own, from a zero state').waitFor()
    await page.getByText('Outputs can’t be set against each other').waitFor()
    await page.getByRole('heading', { name: 'Side by side' }).waitFor()
    // The other way round there are symbols that the letters' network has never seen.
    await page.getByRole('combobox', { name: /^Run/ }).first().click()
    await page.getByRole('option', { name: /^brackets/ }).first().click()
    await view('Compare')
    await choose(/^letters/)
    await page.getByText(/doesn't occur in the text the network was trained on/).first().waitFor()
  })

  it('never complained to the console', () => {
    expect(workbench.complaints).toEqual([])
  })
})
